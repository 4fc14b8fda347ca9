import { once } from 'node:events';
import type { Io } from '../io.ts';

/** Writes a stream to stdout without ending it. */
export async function writeToStdout(
	chunks: AsyncIterable<Uint8Array>,
	{ stdout, signal }: Io,
): Promise<void> {
	for await (const chunk of chunks) {
		if (!stdout.write(chunk)) await once(stdout, 'drain', { signal });
	}
}
