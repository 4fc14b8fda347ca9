import { parseArgs } from 'node:util';
import { CALLERS, type Caller } from '../backing/secrets.ts';
import { StartError } from '../supervisor/start-error.ts';

/** How many of an app run: one of each that is not named. Whoever asks for ports has to know how many gateways there are. */
export type Scale = Partial<Record<Caller, number>> & { gateway: number };

const MOST = 16;

/**
 * Reads `--scale gateway=2 --scale tool-worker=3`; one of each unless told otherwise.
 * @throws StartError that says what is accepted
 */
export function parseScale(args: string[]): Scale {
	const scale: Scale = { gateway: 1 };
	for (const entry of scaleEntries(args)) {
		const [, name, count] = /^([^=]+)=(\d+)$/.exec(entry) ?? [];
		const scalable = CALLERS.find((known) => known === name);
		if (scalable === undefined || Number(count) < 1 || Number(count) > MOST) {
			throw new StartError(
				`Invalid option "--scale ${entry}". Use --scale NAME=N, where NAME is one of ${CALLERS.join(', ')} and N is 1 to ${MOST}.`,
			);
		}
		scale[scalable] = Number(count);
	}
	return scale;
}

export function countOf(app: Caller, scale: Scale): number {
	return scale[app] ?? 1;
}

/** The names of the replicas: `gateway`, `gateway-2`, … */
export function replicaNames(name: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}

function scaleEntries(args: string[]): string[] {
	try {
		const { values } = parseArgs({ args, options: { scale: { type: 'string', multiple: true } } });
		return values.scale ?? [];
	} catch (error) {
		throw new StartError(
			`${error instanceof Error ? error.message : error} The only option is --scale NAME=N.`,
		);
	}
}
