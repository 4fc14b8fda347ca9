/**
 * The JavaScript example of each operation. `creatorr` is the client; values from earlier responses are `fileId`, `jobId`, `sessionId`,
 * `keyId`, `mailToken`, `webhookId`, `deliveryId`.
 */
export const JAVASCRIPT_EXAMPLES: Record<string, string> = {
	register: `const { token, user } = await creatorr.account.register({
  email: 'you@example.com',
  password: 'correct horse battery',
});`,
	login: `const { token, user } = await creatorr.account.login({
  email: 'you@example.com',
  password: 'correct horse battery',
});`,
	logout: 'await creatorr.account.logout();',
	logoutAll: 'await creatorr.account.logoutAll();',
	listSessions: 'const sessions = await creatorr.account.sessions();',
	deleteSession: 'await creatorr.account.endSession(sessionId);',
	changePassword: `await creatorr.account.changePassword({
  current_password: 'correct horse battery',
  new_password: 'correct horse battery',
});`,
	forgotPassword: `await creatorr.account.forgotPassword('you@example.com');`,
	resetPassword: `await creatorr.account.resetPassword({
  token: mailToken,
  new_password: 'correct horse battery',
});`,
	verifyEmail: 'await creatorr.account.verifyEmail(mailToken);',
	resendVerification: 'await creatorr.account.resendVerification();',
	getMe: 'const user = await creatorr.account.me();',
	deleteMe: `await creatorr.account.delete('correct horse battery');`,
	createFile: `// declares the file; files.upload() does this and sends the bytes
const { file_id, upload_url, headers } = await creatorr.files.create({
  name: 'input.pdf',
  mime_type: 'application/pdf',
  size_bytes: 48213,
});`,
	listFiles: `const { data: files, next_cursor } = await creatorr.files.list();`,
	getFile: `const file = await creatorr.files.get(fileId);
console.log(file.download_url);`,
	deleteFile: 'await creatorr.files.delete(fileId);',
	completeFile: `// files.upload() does this for you
const file = await creatorr.files.complete(fileId, [
  { part_number: 1, etag },
]);`,
	listFileParts: 'const { parts } = await creatorr.files.parts(fileId);',
	createJob: `const job = await creatorr.jobs.create({
  tool: 'compress_heavy',
  input_file_id: fileId,
  params: { quality: 70 },
});`,
	listJobs: `const { data: jobs, next_cursor } = await creatorr.jobs.list();`,
	getJob: `const job = await creatorr.jobs.get(jobId, { waitSeconds: 30 });`,
	streamJob: `for await (const job of creatorr.jobs.watch(jobId)) {
  console.log(job.status, job.progress);
}`,
	cancelJob: 'const job = await creatorr.jobs.cancel(jobId);',
	deleteJob: 'await creatorr.jobs.delete(jobId);',
	listTools: 'const tools = await creatorr.tools();',
	createWebhook: `const { id, secret } = await creatorr.webhooks.create({
  url: 'https://example.com/webhooks',
  events: ['job.succeeded', 'job.failed'],
});`,
	listWebhooks: 'const webhooks = await creatorr.webhooks.list();',
	getWebhook: 'const webhook = await creatorr.webhooks.get(webhookId);',
	updateWebhook: `const webhook = await creatorr.webhooks.update(webhookId, { status: 'enabled' });`,
	deleteWebhook: 'await creatorr.webhooks.delete(webhookId);',
	rotateWebhookSecret: 'const { secret } = await creatorr.webhooks.rotateSecret(webhookId);',
	testWebhook: 'const { delivery_id } = await creatorr.webhooks.test(webhookId);',
	listDeliveries: `const { data: deliveries } = await creatorr.webhooks.deliveries(webhookId);`,
	getDelivery: 'const { attempts } = await creatorr.webhooks.delivery(webhookId, deliveryId);',
	replayDelivery: 'await creatorr.webhooks.replay(webhookId, deliveryId);',
	recoverDeliveries: `const { count } = await creatorr.webhooks.recover(webhookId, {
  since: '2026-01-01T00:00:00Z',
});`,
	listEvents: `const { data: events } = await creatorr.webhooks.events({ limit: 20 });`,
	createCheckout: `const { url } = await creatorr.billing.checkout('monthly');`,
	openPortal: 'const { url } = await creatorr.billing.portal();',
	getBilling: 'const { plan, status } = await creatorr.billing.get();',
	listPlans: 'const plans = await creatorr.plans();',
	listErrors: 'const errors = await creatorr.errors();',
	createApiKey: `const { id, key } = await creatorr.keys.create({
  name: 'Build server',
  scopes: ['files:read', 'files:write', 'jobs:read', 'jobs:write'],
});
console.log(key); // it is shown only once`,
	listApiKeys: `const { data: keys, next_cursor } = await creatorr.keys.list();`,
	getApiKey: 'const apiKey = await creatorr.keys.get(keyId);',
	updateApiKey: `const apiKey = await creatorr.keys.update(keyId, {
  scopes: ['jobs:read'],
});`,
	deleteApiKey: 'await creatorr.keys.revoke(keyId);',
	rotateApiKey: `// the old key works for another hour
const { key } = await creatorr.keys.rotate(keyId, { grace_seconds: 3600 });`,
	listApiKeyEvents: 'const events = await creatorr.keys.events(keyId);',
	reportLeakedKey: `await creatorr.keys.reportLeaked('ctr_live_…');`,
	getUsage: 'const { plan, limits } = await creatorr.usage();',
};
