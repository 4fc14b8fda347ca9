/** Words of param names that are written in their own way. */
const OWN_SPELLING: Readonly<Record<string, string>> = {
	dpi: 'DPI',
	pdf: 'PDF',
	pdfa: 'PDF/A',
	pdfua: 'PDF/UA',
	hocr: 'hOCR',
	ocr: 'OCR',
	id: 'ID',
	url: 'URL',
};
/** Of a name; the unit is said by the field. */
const UNIT = /_bytes$/;

/** `max_image_dpi` is "Max image DPI". */
export function humanName(name: string): string {
	const words = name
		.replace(UNIT, '')
		.split('_')
		.map((word) => OWN_SPELLING[word] ?? word);
	const text = words.join(' ');
	return /^hOCR/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function literally(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A name that only programs use. */
const CODE = /\b[a-z]+_[a-z_]+\b/;

/** The end of one explanation: a semicolon, or a full stop and a space. */
const END = /;\s*|\.\s+/;

/** Descriptions that go through the values, as in "skip: leave pages alone; redo: …", by value; empty where it is for programs. */
export function optionHints(description: string, values: readonly unknown[]): Map<string, string> {
	const hints = new Map<string, string>();
	for (const clause of description.split(END)) {
		for (const value of values.map(String)) {
			const match = new RegExp(`^${literally(value)}: (.+)$`).exec(clause.trim());
			if (match?.[1]) hints.set(value, CODE.test(match[1]) ? '' : sentenceCase(match[1]));
		}
	}
	return hints;
}

/**
 * A description for people: without what is said beside each option, and with the word of the form for a param that is left
 * to the tool.
 */
export function helpText(
	description: string,
	values: readonly unknown[],
	nullable: 'text' | 'value' | undefined,
): string {
	const hinted = optionHints(description, values);
	const clauses = description
		.split(/(?<=;)\s*|(?<=\.)\s+/)
		.filter((clause) => ![...hinted.keys()].some((value) => clause.startsWith(`${value}: `)));
	const text = shortened(clauses).replace(/[;.\s]+$/, '');
	const word = nullable === 'text' ? 'left empty' : 'automatic';
	return sentenceCase(nullable ? text.replace(/\bnull\b/g, word) : text);
}

/** What is longer is for who reads the documentation. */
const MAX_HELP = 100;

/** Of a long explanation, what it is about and what null means. */
function shortened(clauses: readonly string[]): string {
	const whole = clauses.join(' ');
	if (whole.length <= MAX_HELP) return whole;
	const [first = '', ...others] = clauses;
	const ofNull = others.filter((clause) => /\bnull\b/.test(clause));
	const topic = first.split(/: | \(/)[0]?.replace(/[;.\s]+$/, '') ?? '';
	return [topic, ...ofNull].join('; ');
}

function sentenceCase(text: string): string {
	if (text === '') return '';
	const start = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.!?…]$/.test(start) ? start : `${start}.`;
}
