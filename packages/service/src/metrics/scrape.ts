import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { counter, renderMetrics, setThreadMetrics, type ThreadMetrics } from './metrics.ts';

/** Values of a database or broker, which are read at each scrape. */
export interface ScrapedValues<R> {
	/** Label of the metric for failed readings. */
	name: string;
	/** The gauges that `update` sets. They are reset first, so that a value that can't be read in time is missing instead of old. */
	gauges: readonly { reset(): void }[];
	read(): Promise<R>;
	update(result: R): void;
}

interface Reading {
	refresh(): Promise<void>;
}

/** Below Prometheus' scrape timeout of 10 s, with time for everything else. */
const READ_TIMEOUT_MS = 2_000;

const readings = new Set<Reading>();

const failures = counter({
	name: 'creatorr_metric_reads_failed_total',
	help: 'Values that could not be read in time for a scrape, by reading',
	labels: ['reading'],
});

/** Reads values at each scrape until it is stopped. */
export function readWhenScraped<R>(values: ScrapedValues<R>, timeoutMs = READ_TIMEOUT_MS): { stop(): void } {
	/** A read that hangs is not started again at the next scrape. */
	let pending: Promise<R> | undefined;

	function readOnce(): Promise<R> {
		pending ??= values.read().finally(() => {
			pending = undefined;
		});
		return pending;
	}

	async function refresh(): Promise<void> {
		const tooLate = new AbortController();
		const timeout = sleep(timeoutMs, undefined, { signal: tooLate.signal, ref: false }).then(() => {
			throw new Error('too slow');
		});
		timeout.catch(() => undefined);
		try {
			const result = await Promise.race([readOnce(), timeout]);
			for (const gauge of values.gauges) gauge.reset();
			values.update(result);
		} catch {
			for (const gauge of values.gauges) gauge.reset();
			failures.inc({ reading: values.name });
		} finally {
			tooLate.abort();
		}
	}

	const reading: Reading = { refresh };
	readings.add(reading);
	failures.inc({ reading: values.name }, 0);
	return { stop: () => readings.delete(reading) };
}

/** Declares values of a service that are read at each scrape ({@link ScrapedValues}). */
export function defineMetrics<Deps, R>({
	read,
	update,
	...reading
}: Omit<ScrapedValues<R>, 'read' | 'update'> & {
	read(deps: Deps): Promise<R>;
	update(result: R, deps: Deps): void;
}) {
	return {
		start: (deps: Deps) =>
			readWhenScraped({ ...reading, read: () => read(deps), update: (result) => update(result, deps) }),
	};
}

/** Adds a worker thread's metrics to each scrape until it is stopped. Leaves out a thread that doesn't respond in time. */
export function collectThreadMetrics(name: string, read: () => Promise<ThreadMetrics>): { stop(): void } {
	const reading = readWhenScraped({
		name,
		gauges: [{ reset: () => setThreadMetrics(name, undefined) }],
		read,
		update: (metrics) => setThreadMetrics(name, metrics),
	});
	return {
		stop() {
			reading.stop();
			setThreadMetrics(name, undefined);
		},
	};
}

/** Responds with all metrics of this process. */
export const metricsRoute: RequestHandler = async (_req, res) => {
	await Promise.all([...readings].map((reading) => reading.refresh()));
	const { contentType, text } = await renderMetrics();
	res.setHeader('Cache-Control', 'no-store');
	res.type(contentType).send(text);
};
