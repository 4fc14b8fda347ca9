import { toSentence } from '../api/failure-message.ts';

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

/** Longer descriptions are left to the API docs. */
const MAX_HELP_CHARACTERS = 100;

/** Returns the help text of a param: its description, or only the first sentence of a long one. */
export function helpText(description: string): string {
	if (description === '') return '';
	if (description.length <= MAX_HELP_CHARACTERS) return toSentence(description);
	const [first = ''] = description.split(/\.\s|: | \(/);
	return toSentence(first);
}

/** What a form calls a param. */
interface Labeled {
	/** The param's name in the API. */
	name: string;
	label: string;
	/** The values of a choice. */
	options?: readonly { value: string; label: string }[];
}

const PARAM = /\bparams\.(\w+)(?: (to|is) (\w+(?: or \w+)*))?/g;

/** Replaces the names of params in an API message, and values right after "to" and "is", with their labels. "is" becomes "is set to". */
export function withLabels(message: string, fields: readonly Labeled[]): string {
	return message.replace(PARAM, (whole, name: string, verb?: string, values = '') => {
		const field = fields.find((one) => one.name === name);
		if (!field) return whole;
		const labelOf = (value: string) => field.options?.find((option) => option.value === value)?.label;
		const labeled = values.replace(/\w+/g, (value: string) => {
			const label = labelOf(value);
			return label === undefined ? value : `“${label}”`;
		});
		const words = verb === 'is' && labeled !== values ? 'is set to' : verb;
		return `“${field.label}”${words ? ` ${words} ${labeled}` : ''}`;
	});
}
