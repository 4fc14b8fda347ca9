import { isMainThread } from 'node:worker_threads';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What this process counts, for Prometheus: one registry, as there is one process. Whoever counts something makes it once,
 * in its own module. Labels take their values from short closed lists, such as operations and outcomes, never from users.
 */
const registry = new Registry();
// They describe the process, so one thread of it reports them.
if (isMainThread) collectDefaultMetrics({ register: registry });

/** The metrics of one thread, as a message to another thread can carry them. */
export type ThreadMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** By thread: what each worker thread of this process counted until the scrape that goes on. */
const metricsOfThreads = new Map<string, ThreadMetrics>();

interface Described<L extends string> {
	/** Begins with `creatorr_` and ends with its unit: `_seconds`, `_bytes`, `_total`. */
	name: string;
	help: string;
	labels?: readonly L[];
}

const given = <L extends string>({ name, help, labels = [] }: Described<L>) => ({
	...{ name, help, labelNames: [...labels] },
	registers: [registry],
});

/** Something that happens. */
export function counter<L extends string = never>(described: Described<L>): Counter<L> {
	return new Counter<L>(given(described));
}

/**
 * Returns a gauge. `read`, for one without labels, gives its value at every scrape; a value that a database or a broker
 * knows is read by scrape.ts.
 */
export function gauge<L extends string = never>({
	read,
	...described
}: Described<L> & { read?: () => number }): Gauge<L> {
	if (!read) return new Gauge<L>(given(described));
	return new Gauge<L>({
		...given(described),
		collect() {
			this.set(read());
		},
	});
}

/** Something that takes long or is large. */
export function histogram<L extends string = never>(
	described: Described<L> & { buckets: readonly number[] },
): Histogram<L> {
	return new Histogram<L>({ ...given(described), buckets: [...described.buckets] });
}

const requestSeconds = histogram({
	name: 'creatorr_http_request_duration_seconds',
	help: 'Request duration, by operation and status; status 0 if the client disconnected before the response',
	labels: ['operation', 'status'],
	buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

/** Counts one request: rate, errors and duration come of it. */
export function observeRequest(request: {
	/** The operation's id. */
	operation: string;
	/** Undefined when the client left first. */
	status: number | undefined;
	durationMs: number;
}): void {
	const { operation, status = 0, durationMs } = request;
	requestSeconds.observe({ operation, status: String(status) }, durationMs / 1_000);
}

/** Sets what a worker thread counted, which {@link renderMetrics} adds; undefined removes it. */
export function setThreadMetrics(thread: string, metrics: ThreadMetrics | undefined): void {
	if (metrics) metricsOfThreads.set(thread, metrics);
	else metricsOfThreads.delete(thread);
}

/** Returns what this thread has counted, for {@link setThreadMetrics} of the main thread. */
export async function readThreadMetrics(): Promise<ThreadMetrics> {
	return await registry.getMetricsAsJSON();
}

/** Returns all metrics of this process, worker threads included, in Prometheus' format. Series of one name and labels are summed. */
export async function renderMetrics(): Promise<{ contentType: string; text: string }> {
	const { contentType } = registry;
	if (metricsOfThreads.size === 0) return { contentType, text: await registry.metrics() };
	const threads = [await readThreadMetrics(), ...metricsOfThreads.values()];
	// Every series is summed: the library's own choice for default metrics, such as leaving them out, is meant for clusters.
	const summed = threads.map((metrics) => metrics.map((metric) => ({ ...metric, aggregator: 'sum' })));
	return { contentType, text: await AggregatorRegistry.aggregate(summed).metrics() };
}
