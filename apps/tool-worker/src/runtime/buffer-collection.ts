import type { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'minor' }) => void;

const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

let collect: Collect | undefined;

/** V8 hands out its collector only under a flag, which may be set while it runs. */
function loadCollector(): Collect {
	setFlagsFromString('--expose-gc');
	const collector = runInNewContext('gc') as Collect;
	setFlagsFromString('--no-expose-gc');
	return collector;
}

/**
 * Keeps a stream of gigabytes from growing the process: V8 doesn't count the buffers outside its heap until they are 64 MiB.
 * A minor collection every few MiB frees them young; it takes less time than getting fresh memory each time.
 */
export function collectBuffersOf(stream: Readable): void {
	let sinceLastBytes = 0;
	stream.on('data', (chunk: Buffer) => {
		sinceLastBytes += chunk.length;
		if (sinceLastBytes < COLLECT_EVERY_BYTES) return;
		sinceLastBytes = 0;
		collect ??= loadCollector();
		collect({ type: 'minor' });
	});
}
