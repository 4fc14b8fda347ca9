export function log(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Shows what is being measured. */
export function showProgress(what: string): void {
	process.stderr.write(`${what}\n`);
}

/** A failure that the person who runs the bench can fix. It is printed without a stack. */
export class BenchError extends Error {}
