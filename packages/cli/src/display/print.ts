import type { Io } from '../io.ts';

/** The one document of a command that was asked for JSON. */
export function printJson({ stdout }: Io, value: unknown): void {
	stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
