import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '../environment.ts';
import type { Site } from './discover.ts';

interface CrashOrder {
	/** Whether a process has died of it. */
	isObeyed(): boolean;
	/** Nobody dies of it any more. */
	withdraw(): void;
}

/** Has the next process of the app that passes the point die there. */
export function orderCrash({ point, app }: Site): CrashOrder {
	const path = join(environment.crashOrders, `${app}.json`);
	const reached = `${path}.reached`;
	rmSync(reached, { force: true });
	// Through a second name, so that nobody reads half an order.
	writeFileSync(`${path}.new`, JSON.stringify({ id: randomUUID(), point, hit: 1 }));
	renameSync(`${path}.new`, path);
	return {
		isObeyed: () => existsSync(reached),
		withdraw: () => rmSync(path, { force: true }),
	};
}
