import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchError } from '../say.ts';
import { type Load, readWrk } from './wrk-output.ts';

export interface Ask {
	url: string;
	token: string;
	connections: number;
	seconds: number;
}

/** Asks as fast as answers come, over connections that are kept. One thread of C asks, which takes little from who is asked. */
export async function runWrk({ url, token, connections, seconds }: Ask): Promise<Load> {
	const { stdout } = await promisify(execFile)('wrk', [
		...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
		...['--latency', '--header', `Authorization: Bearer ${token}`, url],
	]);
	const load = readWrk(stdout);
	if (load.failures > 0) throw new BenchError(`${load.failures} requests to ${url} failed:\n${stdout}`);
	return load;
}
