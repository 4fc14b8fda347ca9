export function log(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** A failure that the person who runs the bench can fix. It is printed without a stack. */
export class BenchError extends Error {}
