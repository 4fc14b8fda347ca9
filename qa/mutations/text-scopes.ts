import type { Span } from './sql.ts';

/** Finds a function or a constant of a Python module by its name, each with all its lines. */
export function findInPython(source: string, name: string): Span[] {
	const lines = source.split(/(?<=\n)/);
	const begins = new RegExp(`^(\\s*)(?:(?:async )?def ${name}\\(|${name} = )`);
	let start = 0;
	return lines.flatMap((line, index) => {
		const from = start;
		start += line.length;
		const indent = begins.exec(line)?.[1]?.length;
		if (indent === undefined) return [];
		const isOver = (next: string) => /\S/.test(next) && !/^\s*[)\]}]/.test(next) && indentOf(next) <= indent;
		const body = lines.slice(index + 1);
		const count = body.findIndex(isOver);
		return [
			{ start: from, end: from + [line, ...(count < 0 ? body : body.slice(0, count))].join('').length },
		];
	});
}

function indentOf(line: string): number {
	return /^\s*/.exec(line)?.[0].length ?? 0;
}

/** Finds the statements of an SQL script that create something of this name. */
export function findInSql(source: string, name: string): Span[] {
	let start = 0;
	return source.split(/(?<=;\n)/).flatMap((statement) => {
		const from = start;
		start += statement.length;
		const creates = new RegExp(`^CREATE [A-Z ]+ "?${name}"?\\s`, 'm').test(statement);
		return creates ? [{ start: from, end: start }] : [];
	});
}

/** Finds calls of a Python function: the whole call, and its first argument. */
export function findPythonCalls(text: string, name: string): (Span & { argument: string })[] {
	return [...text.matchAll(new RegExp(`(?<![\\w.]|def )${name}\\(`, 'g'))].map(({ index, 0: head }) => {
		let depth = 1;
		let argumentEnd: number | undefined;
		let at = index + head.length;
		for (; at < text.length && depth > 0; at += 1) {
			const char = text[at] ?? '';
			if ('([{'.includes(char)) depth += 1;
			if (')]}'.includes(char)) depth -= 1;
			if ((char === ',' && depth === 1) || depth === 0) argumentEnd ??= at;
		}
		return { start: index, end: at, argument: text.slice(index + head.length, argumentEnd) };
	});
}
