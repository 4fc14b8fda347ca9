import { Session } from 'node:inspector/promises';
import type { Logger } from '../logging/logger.ts';

const CHECK_EVERY_MS = 10_000;
/** Of one core, since the last check. A busy process collects garbage by itself. */
const IDLE_CPU_SHARE = 0.1;
/** Garbage that is worth a collection, which stops the process for about 1 ms per MB that is in use. */
const MIN_GARBAGE_BYTES = 20 * 1024 * 1024;

/**
 * Returns memory to the operating system when the process is idle after a burst. V8 collects garbage when code allocates, so an
 * idle process would keep what its busiest minute left: hundreds of MB in the gateway after an attack.
 */
export function returnIdleMemory(logger: Pick<Logger, 'debug' | 'warn'>): { stop(): void } {
	let lastCpu = process.cpuUsage();
	let lastMs = performance.now();
	let liveBytes = 0;

	async function check(): Promise<void> {
		const { user, system } = process.cpuUsage(lastCpu);
		const share = (user + system) / 1_000 / (performance.now() - lastMs);
		lastCpu = process.cpuUsage();
		lastMs = performance.now();
		const { heapUsed } = process.memoryUsage();
		liveBytes = Math.min(liveBytes, heapUsed);
		if (share > IDLE_CPU_SHARE || heapUsed < liveBytes + MIN_GARBAGE_BYTES) return;
		await collectGarbage();
		liveBytes = process.memoryUsage().heapUsed;
		logger.debug('memory.collected', { freed_bytes: heapUsed - liveBytes });
	}

	const timer = setInterval(() => {
		check().catch((error: unknown) => logger.warn('memory.collect_failed', { error }));
	}, CHECK_EVERY_MS);
	timer.unref();
	return { stop: () => clearInterval(timer) };
}

/** The inspector's command needs no flag of the process, and frees the young generation's pages, too. */
export async function collectGarbage(): Promise<void> {
	const session = new Session();
	session.connect();
	try {
		await session.post('HeapProfiler.collectGarbage');
	} finally {
		session.disconnect();
	}
}
