/**
 * The files of each feature that other features of the same app may import. Everything else in a feature folder is private to it;
 * `service.ts`, commands and tests put features together and may import any file. Names are relative to the feature folder.
 * The import lint (.dependency-cruiser.mjs) enforces this list and refuses an entry that no other feature imports. The order counts, too: a
 * feature imports only features above it, so that no two depend on each other. Features that no other one imports are not in the list.
 */
export const FEATURE_ENTRIES = {
	'apps/auth': {
		accounts: ['account', 'accounts.sql'],
		'password-hashing': ['password-hashing'],
		'security-events': ['security-events.sql'],
		'password-check': ['check-password', 'confirm-owner', 'delay-refusal', 'fair-queue'],
		'signing-keys': ['signing-key', 'signing-keys', 'signing-keys.sql'],
		'gateway-leases': ['lease-gateway', 'propagate-revocations'],
		mails: ['allowances.sql', 'request-mail', 'mailed-token', 'mailed-tokens.sql', 'mails.sql'],
		sessions: ['read-sessions', 'session-token', 'sessions.sql'],
		'sign-in': ['sign-in', 'sign-in.sql'],
		'email-verification': ['verify-email.sql'],
		passwords: ['new-password'],
	},
	'apps/billing': {
		customers: ['customer', 'customers.sql', 'locked-customer.sql'],
		usage: ['get-usage'],
		stripe: ['checkout-calls', 'stripe', 'verify-event'],
		plans: ['plan-rule'],
		webhook: ['stripe-events.sql'],
		sync: ['sync-customer'],
	},
	'apps/files': {
		accounts: ['accounts.sql'],
		operators: ['metrics'],
		plans: ['plans.sql'],
		store: ['bucket-mark'],
		read: ['find-files.sql', 'get-file', 'refresh-file'],
		reconcile: ['reconcile.sql'],
		upload: ['complete-file', 'create-file'],
	},
	// Not ordered yet: routing knows the features that serve requests, and they know the exchange and the limits.
	'apps/gateway': {
		connections: ['client-address', 'connection-limit', 'connection-table', 'pipelining', 'tiny-chunks'],
		health: ['health'],
		limits: ['admit-anonymous', 'admit-user', 'body-budget', 'limits', 'network-pacer', 'rate-limited'],
		proxy: ['forward', 'proxy'],
		requests: ['body-arrival', 'exchange', 'in-flight', 'request-head', 'response'],
		routing: ['compile-routes', 'public-routes', 'response-mode'],
		sessions: ['authenticate', 'verify-token'],
		tls: ['certificate'],
	},
	'apps/jobs': {
		lifecycle: ['bound-outcome', 'dispatch-state.sql', 'end-job.sql', 'job-metrics', 'job-status', 'job.sql'],
		workers: ['workers.sql'],
		accounts: ['accounts.sql', 'plan-limits', 'usage.sql'],
		cancel: ['cancel-job.sql'],
		create: ['idempotency-keys.sql'],
		dispatch: ['request-worker.sql'],
		read: ['jobs.sql'],
	},
	'apps/tool-worker': {
		scheduling: ['background-jobs', 'full-priority-semaphore'],
		transfer: ['fetch-input', 'retry', 'store-output'],
	},
	// Not ordered yet: pages share lists and dialogs with each other.
	'apps/web': {
		account: ['account-queries'],
		api: [
			'client',
			'connectivity',
			'contact',
			'failure-message',
			'optimistic-removal',
			'plans',
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
		'tool-page': ['params/fields', 'params/labels', 'params/use-params'],
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

/** Apps whose features still import each other in circles. */
export const UNORDERED_APPS = ['apps/gateway', 'apps/web'];
