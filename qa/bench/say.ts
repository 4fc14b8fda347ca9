/** One readable line for the person. */
export function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Something that the person can mend: it is said without a stack. */
export class BenchError extends Error {}
