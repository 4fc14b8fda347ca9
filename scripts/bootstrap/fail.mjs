/** Ends the process with one sentence for the person, who can do something about it. */
export function fail(sentence) {
	process.stderr.write(`${sentence}\n`);
	process.exit(1);
}
