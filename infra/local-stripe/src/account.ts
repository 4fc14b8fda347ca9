import { settleAll } from './lifecycle/time.ts';
import { openDatabase, type Transaction, transact } from './state.ts';
import { createSwitches } from './switches.ts';
import { createWebhooks } from './webhooks.ts';

/** How often renewals and expirations are looked for. */
const TICK_MS = 30_000;

export type AccountOptions = {
	/** An SQLite file, created when absent. Only one process may use it at a time. */
	stateFile: string;
	/** In the form `sk_test_…`. */
	secretKey: string;
	/** In the form `whsec_…`. */
	webhookSecret: string;
	webhookUrl: string;
};

export type Account = ReturnType<typeof createAccount>;

/** @param pagesUrl where the hosted pages are */
export function createAccount(
	{ stateFile, secretKey, webhookSecret, webhookUrl }: AccountOptions,
	pagesUrl: string,
) {
	const database = openDatabase(stateFile);
	const switches = createSwitches(webhookUrl);
	const webhooks = createWebhooks(database, switches.webhooks, webhookSecret);
	/** Runs `work` in one transaction, then delivers the events that it recorded. */
	const act = <T>(work: (tx: Transaction) => T): T => {
		const context = { now: Math.floor(Date.now() / 1000), pagesUrl, renewals: switches.renewals };
		const result = transact(database, { ...context, deliver: ({ id }) => webhooks.plan(id) }, work);
		webhooks.wake();
		return result;
	};
	const tick = (): void => act(settleAll);
	tick();
	const timer = setInterval(tick, TICK_MS).unref();
	return {
		secretKey,
		switches,
		webhooks,
		act,
		close: async (): Promise<void> => {
			clearInterval(timer);
			await webhooks.stop();
			database.close();
		},
	};
}
