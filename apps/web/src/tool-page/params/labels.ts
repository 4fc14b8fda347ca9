/** Words of param names with a special spelling. */
const SPELLINGS: Readonly<Record<string, string>> = {
	dpi: 'DPI',
	pdf: 'PDF',
	pdfa: 'PDF/A',
	pdfua: 'PDF/UA',
	hocr: 'hOCR',
	ocr: 'OCR',
	id: 'ID',
	url: 'URL',
};
/** Left out of labels, because the field shows the unit. */
const UNIT = /_bytes$/;

/** Turns `max_image_dpi` into "Max image DPI". */
export function toLabel(name: string): string {
	const words = name
		.replace(UNIT, '')
		.split('_')
		.map((word) => SPELLINGS[word] ?? word);
	const text = words.join(' ');
	return /^hOCR/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A code name. */
const CODE = /\b[a-z]+_[a-z_]+\b/;

/** The end of a clause. */
const END = /;\s*|\.\s+/;

/**
 * Returns what the description says of each value, as in "skip: leave pages alone; redo: …"; empty if it contains code
 * names.
 */
export function optionHints(description: string, values: readonly unknown[]): Map<string, string> {
	const hints = new Map<string, string>();
	for (const clause of description.split(END)) {
		for (const value of values.map(String)) {
			const match = new RegExp(`^${escapeRegExp(value)}: (.+)$`).exec(clause.trim());
			if (match?.[1]) hints.set(value, CODE.test(match[1]) ? '' : sentenceCase(match[1]));
		}
	}
	return hints;
}

/** Returns the help text of a param: its description without the option hints, with the form's word for null. */
export function helpText(
	description: string,
	values: readonly unknown[],
	nullable: 'text' | 'value' | undefined,
): string {
	const hinted = optionHints(description, values);
	const clauses = description
		.split(END)
		.filter((clause) => ![...hinted.keys()].some((value) => clause.startsWith(`${value}: `)));
	const word = nullable === 'text' ? 'left empty' : 'automatic';
	return shortened(clauses)
		.map((clause) => sentenceCase(nullable ? clause.replace(/\bnull\b/g, word) : clause))
		.join(' ');
}

/** Longer descriptions are left to the API docs. */
const MAX_HELP_CHARACTERS = 100;

/** Shortens a long description to its topic and the meaning of null. */
function shortened(clauses: readonly string[]): string[] {
	if (clauses.join(' ').length <= MAX_HELP_CHARACTERS) return [...clauses];
	const [first = '', ...others] = clauses;
	const topic = first.split(/: | \(/)[0] ?? '';
	return [topic, ...others.filter((clause) => /\bnull\b/.test(clause))];
}

function sentenceCase(text: string): string {
	if (text === '') return '';
	const start = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.!?…]$/.test(start) ? start : `${start}.`;
}
