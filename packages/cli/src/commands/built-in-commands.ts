/** Commands that aren't tools of the API. A tool with the same name is available under `run`. */
export const BUILT_IN_COMMANDS: ReadonlySet<string> = new Set([
	...['login', 'register', 'logout', 'whoami'],
	...['jobs', 'job', 'cancel', 'files', 'download', 'keys', 'tools', 'plans', 'errors', 'webhooks', 'listen'],
	...['run', 'help'],
]);
