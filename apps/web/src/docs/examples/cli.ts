import type { Tool } from '@creatorr/client';
import type { Value } from './values.ts';

/** With the password from stdin instead of the prompt, so that the example runs as it is. */
const signsIn = (command: string, origin: string) =>
	`creatorr ${command} --api ${origin} \\
  --email you@example.com --password-stdin <<< 'correct horse battery'`;

/** Returns the commands by operation. */
export function cliExamples(origin: string): Record<string, string> {
	return {
		register: signsIn('register', origin),
		login: signsIn('login', origin),
		logout: 'creatorr logout',
		getMe: 'creatorr whoami',
		listFiles: 'creatorr files',
		getFile: 'creatorr download $FILE_ID -o copy.pdf',
		createJob: `# uploads the file, waits, and downloads the result
creatorr compress input.pdf -o smaller.pdf --quality 70`,
		listJobs: 'creatorr jobs',
		getJob: 'creatorr job $JOB_ID',
		cancelJob: 'creatorr cancel $JOB_ID',
		listTools: 'creatorr tools',
		createApiKey: `creatorr keys create --name 'Build server' \\
  --scope files:read files:write jobs:read jobs:write`,
		listApiKeys: 'creatorr keys list',
		getApiKey: 'creatorr keys get $KEY_ID',
		updateApiKey: "creatorr keys update $KEY_ID --name 'Build server'",
		deleteApiKey: 'creatorr keys revoke $KEY_ID',
		rotateApiKey: `# the old key works for another hour
creatorr keys rotate $KEY_ID --grace 3600`,
		listApiKeyEvents: 'creatorr keys events $KEY_ID',
		listPlans: 'creatorr plans',
		listErrors: 'creatorr errors',
		createWebhook: 'creatorr webhooks create https://example.com/webhooks --events job.succeeded,job.failed',
		listWebhooks: 'creatorr webhooks list',
		updateWebhook: 'creatorr webhooks enable $WEBHOOK_ID',
		deleteWebhook: 'creatorr webhooks delete $WEBHOOK_ID',
		rotateWebhookSecret: 'creatorr webhooks rotate-secret $WEBHOOK_ID',
		testWebhook: 'creatorr webhooks test $WEBHOOK_ID',
		listDeliveries: 'creatorr webhooks deliveries $WEBHOOK_ID',
		getDelivery: 'creatorr webhooks delivery $WEBHOOK_ID $DELIVERY_ID',
		replayDelivery: 'creatorr webhooks replay $WEBHOOK_ID $DELIVERY_ID',
		recoverDeliveries: 'creatorr webhooks recover $WEBHOOK_ID --since 2026-01-01T00:00:00Z',
	};
}

/** Returns the walkthrough, from sign-up to a smaller PDF. */
export function cliWalkthrough(origin: string): string {
	return `# if the account exists, register fails and login signs in
${signsIn('register', origin)} \\
  || ${signsIn('login', origin)}
creatorr compress input.pdf -o smaller.pdf`;
}

/** Returns the tool's command with some of its options. */
export function cliToolExample({ slug }: Tool, params: Record<string, Value>): string {
	const options = Object.entries(params)
		// boolean options are flags, which are absent by default
		.filter(([, value]) => typeof value !== 'boolean')
		.map(
			([name, value]) => `--${name.replaceAll('_', '-')} ${Array.isArray(value) ? value.join(',') : value}`,
		);
	return ['creatorr', slug, '"$FILE"', ...options].join(' ');
}
