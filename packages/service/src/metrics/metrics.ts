import { isMainThread } from 'node:worker_threads';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The metrics of this process for Prometheus, in one registry. Each metric is created once, in the module that counts. Label values come from
 * short, closed lists, such as operations and outcomes, never from users.
 */
const registry = new Registry();
// Default metrics describe the process, so one thread reports them.
if (isMainThread) collectDefaultMetrics({ register: registry });

/** The metrics of one thread as a message to another thread. */
export type ThreadMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The metrics of each worker thread at the current scrape. */
const metricsOfThreads = new Map<string, ThreadMetrics>();

interface MetricDefinition<L extends string> {
	/** Begins with `creatorr_` and ends with its unit: `_seconds`, `_bytes`, `_total`. */
	name: string;
	help: string;
	labels?: readonly L[];
	/** {@link renderMetrics} repeats the series under this name, with these former names of labels, for one release. */
	former?: FormerName;
}

interface FormerName {
	name: string;
	/** Former name of a label by its current name. */
	labels?: Readonly<Record<string, string>>;
}

const formerNames = new Map<string, FormerName>();

function metricOptions<L extends string>({ name, help, labels = [], former }: MetricDefinition<L>) {
	if (former) formerNames.set(name, former);
	return { name, help, labelNames: [...labels], registers: [registry] };
}

/**
 * Creates a counter. `initial` lists the labels of series that begin with 0: an alert on an increase misses the first one of a series that
 * begins with 1. A counter without labels begins with 0 anyway.
 */
export function counter<L extends string = never>({
	initial = [],
	...definition
}: MetricDefinition<L> & { initial?: readonly Record<L, string>[] }): Counter<L> {
	const created = new Counter<L>(metricOptions(definition));
	for (const labels of initial) created.inc(labels, 0);
	return created;
}

/**
 * Creates a gauge. `read`, for one without labels, returns its value at each scrape. For values of a database or broker see scrape.ts.
 */
export function gauge<L extends string = never>({
	read,
	...definition
}: MetricDefinition<L> & { read?: () => number }): Gauge<L> {
	if (!read) return new Gauge<L>(metricOptions(definition));
	return new Gauge<L>({
		...metricOptions(definition),
		collect() {
			this.set(read());
		},
	});
}

/** Creates a histogram of durations or sizes. */
export function histogram<L extends string = never>(
	definition: MetricDefinition<L> & { buckets: readonly number[] },
): Histogram<L> {
	return new Histogram<L>({ ...metricOptions(definition), buckets: [...definition.buckets] });
}

const requestSeconds = histogram({
	name: 'creatorr_http_request_duration_seconds',
	help: 'Request duration, by operation and status; status 0 if the client disconnected before the response',
	labels: ['operation', 'status'],
	buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

/** Records one request, for rate, errors and duration. */
export function observeRequest(request: {
	/** The operation's id. */
	operation: string;
	/** Undefined if the client disconnected before the response. */
	status: number | undefined;
	durationMs: number;
}): void {
	const { operation, status = 0, durationMs } = request;
	requestSeconds.observe({ operation, status: String(status) }, durationMs / 1_000);
}

/** Sets the metrics of a worker thread, which {@link renderMetrics} adds; undefined removes them. */
export function setThreadMetrics(thread: string, metrics: ThreadMetrics | undefined): void {
	if (metrics) metricsOfThreads.set(thread, metrics);
	else metricsOfThreads.delete(thread);
}

/** Returns the metrics of this thread, for {@link setThreadMetrics} in the main thread. */
export async function readThreadMetrics(): Promise<ThreadMetrics> {
	return await registry.getMetricsAsJSON();
}

/** Returns the lines of renamed metrics under their former names. */
function formerLines(text: string): string {
	const lines = text.split('\n');
	return [...formerNames]
		.flatMap(([name, former]) => {
			const start = new RegExp(`^(# (?:HELP|TYPE) )?${name}(?=[ {])`);
			const rename = (line: string, [label, formerLabel]: [string, string]) =>
				line.replace(new RegExp(`([{,])${label}=`), `$1${formerLabel}=`);
			return lines
				.filter((line) => start.test(line))
				.map((line) =>
					Object.entries(former.labels ?? {}).reduce(rename, line.replace(start, `$1${former.name}`)),
				);
		})
		.map((line) => `${line}\n`)
		.join('');
}

/** Returns all metrics of this process, worker threads included, in Prometheus' format. Series of one name and labels are summed. */
export async function renderMetrics(): Promise<{ contentType: string; text: string }> {
	const text = await renderCurrent();
	return { contentType: registry.contentType, text: text + formerLines(text) };
}

async function renderCurrent(): Promise<string> {
	if (metricsOfThreads.size === 0) return await registry.metrics();
	const threads = [await readThreadMetrics(), ...metricsOfThreads.values()];
	// All series are summed: the library's aggregations of default metrics are meant for clusters.
	const summed = threads.map((metrics) => metrics.map((metric) => ({ ...metric, aggregator: 'sum' })));
	return await AggregatorRegistry.aggregate(summed).metrics();
}
