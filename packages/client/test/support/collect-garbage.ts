import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Collects garbage several times, as finalizers run in between. */
export async function collectGarbage(): Promise<void> {
	for (let round = 0; round < 3; round += 1) {
		await sleep(20);
		collect();
	}
}
