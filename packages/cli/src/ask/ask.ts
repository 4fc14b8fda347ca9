import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { InterruptedError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

/** Asks a question on the terminal and shows the input. */
export function ask(io: Io, question: string): Promise<string> {
	return askOn(io, question, io.stderr);
}

/** Asks a question without showing the input. */
export function askHidden(io: Io, question: string): Promise<string> {
	return askOn(io, question, new Writable({ write: (_chunk, _encoding, done) => done() }));
}

async function askOn(io: Io, question: string, echo: NodeJS.WritableStream): Promise<string> {
	if (!io.stdin.isTTY) {
		throw new UsageError(
			`Can’t prompt for ${nameOf(question)}: standard input isn’t a terminal. Run the command in a terminal.`,
		);
	}
	const lines = createInterface({ input: io.stdin, output: echo, terminal: true });
	io.stderr.write(question);
	try {
		return await new Promise((resolve, reject) => {
			lines.once('line', resolve);
			lines.once('SIGINT', () => reject(new InterruptedError('SIGINT')));
			lines.once('close', () => reject(new UsageError('No input was entered.')));
		});
	} finally {
		lines.close();
		if (echo !== io.stderr) io.stderr.write('\n');
	}
}

/** Returns "password of the PDF" for "Password of the PDF: ". */
function nameOf(question: string): string {
	const name = question.replace(/:\s*$/, '');
	return name.charAt(0).toLowerCase() + name.slice(1);
}
