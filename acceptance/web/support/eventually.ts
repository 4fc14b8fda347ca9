import { setTimeout } from 'node:timers/promises';

const EVERY_MS = 250;
const FOR_MS = 60_000;

/** Waits until an assertion holds; fails as it did last when it never does. */
export async function eventually(assertion: () => Promise<void>): Promise<void> {
	const end = Date.now() + FOR_MS;
	for (;;) {
		try {
			return await assertion();
		} catch (error) {
			if (Date.now() > end) throw error;
			await setTimeout(EVERY_MS);
		}
	}
}
