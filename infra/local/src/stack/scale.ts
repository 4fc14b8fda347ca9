import { parseArgs } from 'node:util';
import { CALLERS, type Caller } from '../backing/secrets.ts';
import { CommandError } from '../supervisor/command-error.ts';

/** How many replicas of an app run: one of each that isn't named. */
export type Scale = Partial<Record<Caller, number>> & { gateway: number };

const MAX_REPLICAS = 16;

/**
 * Reads `--scale gateway=2 --scale tool-worker=3`.
 * @throws CommandError that says what is accepted
 */
export function parseScale(args: string[]): Scale {
	const scale: Scale = { gateway: 1 };
	for (const entry of scaleEntries(args)) {
		const [, name, count] = /^([^=]+)=(\d+)$/.exec(entry) ?? [];
		const app = CALLERS.find((known) => known === name);
		if (app === undefined || Number(count) < 1 || Number(count) > MAX_REPLICAS) {
			throw new CommandError(
				`Invalid option "--scale ${entry}". Use --scale NAME=N, where NAME is one of ${CALLERS.join(', ')} and N is 1 to ${MAX_REPLICAS}.`,
			);
		}
		scale[app] = Number(count);
	}
	return scale;
}

function scaleEntries(args: string[]): string[] {
	try {
		const { values } = parseArgs({ args, options: { scale: { type: 'string', multiple: true } } });
		return values.scale ?? [];
	} catch (error) {
		throw new CommandError(`${(error as Error).message} The only option is --scale NAME=N.`);
	}
}

/** Returns the names of an app's replicas: `gateway`, `gateway-2`, … */
export function replicaNames(app: Caller, scale: Scale): string[] {
	return Array.from({ length: scale[app] ?? 1 }, (_, index) => (index === 0 ? app : `${app}-${index + 1}`));
}

/** Returns the app of a replica, by the replica's name. */
export function appOf(replica: string): string {
	return replica.replace(/-\d+$/, '');
}
