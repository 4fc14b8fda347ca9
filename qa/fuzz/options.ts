import { parseArgs } from 'node:util';

export interface Options {
	seed: number;
	requests: number;
	path: string | undefined;
}

const REQUESTS = 20_000;

export const USAGE = `npm run fuzz -- [--seed N] [--requests N] [--path P]

Sends random requests for every route to a product of its own (default: ${REQUESTS}) and checks every response.
The same seed makes the same requests. To reproduce a failure, use the printed --seed and --path.`;

/** Reads the command line. Throws with a sentence when it can't be read. */
export function readOptions(args: string[]): Options {
	if (args.includes('--help')) throw new Error(USAGE);
	const { values } = parseArgs({
		args,
		options: { seed: { type: 'string' }, requests: { type: 'string' }, path: { type: 'string' } },
	});
	const numberOf = (name: 'seed' | 'requests', fallback: number): number => {
		const text = values[name];
		if (text === undefined) return fallback;
		if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number.\n\n${USAGE}`);
		return Number(text);
	};
	return {
		seed: numberOf('seed', Math.floor(Math.random() * 1_000_000_000)),
		requests: numberOf('requests', REQUESTS),
		path: values.path,
	};
}
