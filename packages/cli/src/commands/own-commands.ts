/** Commands that exist whatever tools the API has. */
export const OWN_COMMANDS: ReadonlySet<string> = new Set([
	...['login', 'register', 'logout', 'whoami'],
	...['jobs', 'job', 'cancel', 'files', 'download', 'keys', 'tools', 'plans', 'errors', 'webhooks', 'listen'],
	...['run', 'help'],
]);
