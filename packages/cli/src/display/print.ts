import type { Io } from '../io.ts';

/** Prints the JSON document of a command with `--json`. */
export function printJson({ stdout }: Io, value: unknown): void {
	stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
