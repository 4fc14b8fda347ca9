import type { Io } from '../io.ts';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;
const UP_AND_CLEAR = '\u001b[1A\u001b[2K';

/** A line for one input. */
export interface ProgressLine {
	/** @param share from 0 to 1; undefined while unknown */
	show(what: string, share?: number): void;
	/** Removes the line. */
	end(): void;
}

/** Lines at the end of the terminal that are redrawn with progress. Draws nothing without a terminal. */
export interface ProgressDisplay {
	line(label: string): ProgressLine;
	/** Prints above the lines. */
	print(stream: NodeJS.WritableStream, text: string): void;
	close(): void;
}

export function createProgressDisplay({ stderr }: Pick<Io, 'stderr'>, isQuiet: boolean): ProgressDisplay {
	const isShown = stderr.isTTY === true && !isQuiet;
	const texts = new Map<number, string>();
	let count = 0;
	let drawn = 0;
	const clear = () => {
		stderr.write(UP_AND_CLEAR.repeat(drawn));
		drawn = 0;
	};
	const draw = () => {
		clear();
		for (const text of texts.values()) stderr.write(`${text.slice(0, (stderr.columns || 80) - 1)}\n`);
		drawn = texts.size;
	};
	const timer = isShown ? setInterval(draw, REDRAW_MS) : undefined;
	return {
		line(label) {
			count += 1;
			const key = count;
			return {
				show: (what, share) => void texts.set(key, `${bar(share)}  ${label}  ${what}`),
				end: () => void texts.delete(key),
			};
		},
		print(stream, text) {
			if (isShown) clear();
			stream.write(text);
		},
		close() {
			clearInterval(timer);
			if (isShown) clear();
		},
	};
}

export function bar(share: number | undefined): string {
	if (share === undefined) return `[${' '.repeat(BAR_WIDTH)}]     `;
	const filled = Math.round(share * BAR_WIDTH);
	const percent = String(Math.floor(share * 100)).padStart(3);
	return `[${'='.repeat(filled).padEnd(BAR_WIDTH)}] ${percent}%`;
}
