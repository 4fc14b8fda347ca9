/** What wrk measured. */
export interface Load {
	requests: number;
	requestsPerSecond: number;
	medianMs: number;
	p99Ms: number;
	/** Without an answer, or with one that is no success. */
	failures: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function quantileMs(output: string, percent: string): number {
	const [, value, unit = ''] =
		new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(output) ?? [];
	return Number(value) * (UNIT_MS[unit] ?? Number.NaN);
}

/** Reads what it prints; NaN for what is not there. */
export function readWrk(output: string): Load {
	const [, ...socketErrors] =
		/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? [];
	const otherStatuses = /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? '0';
	return {
		requests: Number(/^\s+(\d+) requests in /m.exec(output)?.[1]),
		requestsPerSecond: Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(output)?.[1]),
		medianMs: quantileMs(output, '50'),
		p99Ms: quantileMs(output, '99'),
		failures: [...socketErrors, otherStatuses].map(Number).reduce((total, count) => total + count),
	};
}
