import { Session } from 'node:inspector/promises';
import type { Logger } from '../logging/logger.ts';

const CHECK_EVERY_MS = 10_000;
/** Share of one core since the last check. A busy process collects garbage itself. */
const IDLE_CPU_SHARE = 0.1;
/** Growth of the process that justifies a collection. A collection pauses the process for about 1 ms per MB of live heap. */
const MIN_GROWTH_BYTES = 10 * 1024 * 1024;

/**
 * Returns memory to the operating system when the process is idle after a burst. V8 collects garbage when code allocates, so an idle process
 * would keep the memory of its busiest minute. The size of the process decides, not that of the heap: sockets, parsers and buffers are outside
 * the heap and are freed with small objects in it. Measured: 6 MB of garbage in the heap of a gateway held 25 MB after an attack, and 2 MB in
 * the heap of an idle worker held 44 MB.
 */
export function returnIdleMemory(
	logger: Pick<Logger, 'debug' | 'warn'>,
	{ checkEveryMs = CHECK_EVERY_MS } = {},
): { stop(): void } {
	let lastCpu = process.cpuUsage();
	let lastMs = performance.now();
	let collectedBytes = 0;

	async function check(): Promise<void> {
		const { user, system } = process.cpuUsage(lastCpu);
		const share = (user + system) / 1_000 / (performance.now() - lastMs);
		lastCpu = process.cpuUsage();
		lastMs = performance.now();
		const rssBytes = process.memoryUsage.rss();
		// The allocator returns freed pages some seconds after a collection.
		collectedBytes = Math.min(collectedBytes, rssBytes);
		if (share > IDLE_CPU_SHARE || rssBytes < collectedBytes + MIN_GROWTH_BYTES) return;
		await collectGarbage();
		collectedBytes = process.memoryUsage.rss();
		logger.debug('memory.collected', { freed_bytes: rssBytes - collectedBytes });
	}

	const timer = setInterval(() => {
		check().catch((error: unknown) => logger.warn('memory.collect_failed', { error }));
	}, checkEveryMs);
	timer.unref();
	return { stop: () => clearInterval(timer) };
}

/** Collects garbage with the inspector, which needs no flag of the process and also frees the pages of the young generation. */
export async function collectGarbage(): Promise<void> {
	const session = new Session();
	session.connect();
	try {
		await session.post('HeapProfiler.collectGarbage');
	} finally {
		session.disconnect();
	}
}
