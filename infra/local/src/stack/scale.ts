import { parseArgs } from 'node:util';
import { StartError } from '../supervisor/start-error.ts';

/** What may run more than once here: clients and queues spread their work over these, while the other services have one address. */
export const SCALABLE = ['gateway', 'tool-worker'] as const;
export type Scalable = (typeof SCALABLE)[number];
export type Scale = Record<Scalable, number>;

const MOST = 16;

/**
 * Reads `--scale gateway=2 --scale tool-worker=3`; one of each unless told otherwise.
 * @throws StartError that says what is accepted
 */
export function parseScale(args: string[]): Scale {
	const scale: Scale = { gateway: 1, 'tool-worker': 1 };
	for (const entry of scaleEntries(args)) {
		const [, name, count] = /^([^=]+)=(\d+)$/.exec(entry) ?? [];
		const scalable = SCALABLE.find((known) => known === name);
		if (scalable === undefined || Number(count) < 1 || Number(count) > MOST) {
			throw new StartError(
				`"--scale ${entry}" is not understood: give --scale NAME=N, NAME being ${SCALABLE.join(' or ')} and N from 1 to ${MOST}.`,
			);
		}
		scale[scalable] = Number(count);
	}
	return scale;
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
