import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';

/** Under this condition of Node the apps load the crash points that kill, in place of those that do nothing. */
const CONDITION = '--conditions=crash-test';

/** Where orders to crash are put, one file an app: its replicas share it, and one of them obeys. */
export function crashOrders(home: Home): string {
	return join(home.root, 'crash');
}

/** The same processes, of which the apps die where they are ordered to. */
export function withCrashPoints(steps: Step[], apps: ReadonlySet<string>, home: Home): Step[] {
	mkdirSync(crashOrders(home), { recursive: true });
	return steps.map((step) => {
		if (step.kind === 'task' || !apps.has(step.name)) return step;
		const [node = '', ...rest] = step.command;
		const app = step.name.replace(/-\d+$/, '');
		const order = join(crashOrders(home), `${app}.json`);
		return { ...step, command: [node, CONDITION, ...rest], env: { ...step.env, CRASH_ORDER_FILE: order } };
	});
}
