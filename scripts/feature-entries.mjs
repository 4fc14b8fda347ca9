/**
 * The files of each feature that other features of the same app may import. Everything else in a feature folder is private to it;
 * `service.ts`, commands and tests put features together and may import any file. Names are relative to the feature folder.
 * The import lint (.dependency-cruiser.mjs) enforces this list and refuses an entry that no other feature imports.
 */
export const FEATURE_ENTRIES = {
	'apps/auth': {
		accounts: ['account', 'accounts.sql'],
		'email-verification': ['verify-email.sql'],
		'gateway-leases': ['lease-gateway', 'settle-revocations'],
		mails: ['allowances.sql', 'ask-for-mail', 'mailed-token', 'mailed-tokens.sql', 'mails.sql'],
		'password-check': ['check-password', 'confirm-owner', 'delay-refusal', 'fair-queue'],
		passwords: ['new-password', 'password-hashing'],
		'security-events': ['security-events.sql'],
		sessions: ['read-sessions', 'session-token', 'sessions.sql'],
		'sign-in': ['sign-in', 'sign-in.sql'],
		'signing-keys': ['signing-key', 'signing-keys', 'signing-keys.sql'],
	},
	'apps/billing': {
		customers: ['customer', 'customers.sql', 'locked-customer.sql'],
		plans: ['plan-rule'],
		stripe: ['checkout-calls', 'stripe', 'verify-event'],
		sync: ['sync-customer'],
		usage: ['get-usage'],
		webhook: ['stripe-events.sql'],
	},
	'apps/files': {
		accounts: ['accounts.sql'],
		operators: ['metrics'],
		plans: ['plans.sql'],
		read: ['find-files.sql', 'get-file', 'refresh-file'],
		reconcile: ['bucket-mark', 'reconcile.sql'],
		upload: ['admit-upload', 'complete-file', 'create-file'],
	},
	'apps/gateway': {
		connections: ['client-address', 'connection-limit', 'connection-table', 'pipelining', 'tiny-chunks'],
		health: ['health'],
		limits: ['admit-anonymous', 'admit-user', 'body-budget', 'limits', 'network-pacer', 'rate-limited'],
		proxy: ['forward', 'proxy'],
		requests: ['answer', 'body-arrival', 'exchange', 'in-flight', 'request-head'],
		routing: ['compile-routes', 'public-routes', 'response-mode'],
		sessions: ['authenticate', 'verify-token'],
		tls: ['certificate'],
	},
	'apps/jobs': {
		accounts: ['accounts.sql', 'compute-charge', 'plan-limits', 'usage.sql'],
		cancel: ['cancel-job.sql'],
		create: ['idempotency-keys.sql'],
		dispatch: ['dispatch-state.sql', 'request-worker.sql'],
		lifecycle: ['bound-outcome', 'end-job.sql', 'job-metrics', 'job-status', 'job.sql'],
		read: ['jobs.sql'],
		workers: ['workers.sql'],
	},
	'apps/tool-worker': {
		scheduling: ['background-jobs', 'priority-queue'],
		transfer: ['fetch-input', 'retry', 'store-output'],
	},
	'apps/web': {
		account: ['account-queries'],
		api: [
			'client',
			'connectivity',
			'failure-message',
			'optimistic-removal',
			'query-client',
			'session',
			'tools',
		],
		'file-drop': [
			'drop-zone',
			'file-rejections',
			'media-types',
			'rejection-list',
			'transfer-files',
			'use-page-drop',
		],
		files: ['file-queries', 'save-file'],
		history: ['history-layout', 'job-queries'],
		shell: ['not-found-page'],
		'sign-in': ['expired-session-dialog', 'next-path', 'require-user', 'sign-in-page', 'sign-up-page'],
		'tool-page': ['params/fields', 'params/use-params'],
		uploads: [
			'list/describe-failure',
			'list/outcome',

			'list/upload-badge',
			'list/upload-list',
			'upload',
			'uploads',
		],
	},
};
