import { once } from 'node:events';
import type { Io } from '../io.ts';

/** Doesn't end it: others may have something to say there. */
export async function writeToStdout(
	chunks: AsyncIterable<Uint8Array>,
	{ stdout, signal }: Io,
): Promise<void> {
	for await (const chunk of chunks) {
		if (!stdout.write(chunk)) await once(stdout, 'drain', { signal });
	}
}
