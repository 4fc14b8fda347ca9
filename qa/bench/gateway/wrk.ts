import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from '../log.ts';

const REPORT_SCRIPT = join(import.meta.dirname, 'wrk-report.lua');

/** Output of wrk-report.lua. */
type Report = Record<'requests' | 'seconds' | 'medianMs' | 'p99Ms' | 'failures', number>;

/**
 * Sends requests as fast as responses come, on persistent connections. wrk has one native thread, which leaves the most CPU time to the server.
 * Throws a BenchError when a request fails.
 */
export async function runWrk(
	url: string,
	{ token, connections, seconds }: { token: string; connections: number; seconds: number },
): Promise<Report> {
	const { stdout } = await promisify(execFile)('wrk', [
		...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
		...['--script', REPORT_SCRIPT, '--header', `Authorization: Bearer ${token}`, url],
	]);
	const report: Report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
	if (report.failures > 0) throw new BenchError(`${report.failures} requests to ${url} failed:\n${stdout}`);
	return report;
}
