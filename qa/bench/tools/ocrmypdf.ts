import type { NaiveCommand } from '../run/naive.ts';
import type { Sample } from '../samples/sample.ts';

const OUTPUT = 'out.pdf';

/** What a person tries, in this order, when it refuses: images without a resolution, pages that have text, tagged PDFs. */
const FALLBACKS = [[], ['--image-dpi', '300'], ['--skip-text'], ['--force-ocr']] as const;

/** `ocrmypdf` with these flags, then with one more after the other until it takes the file. */
export function ocrmypdf({ params }: Sample, flags: readonly string[]): NaiveCommand[] {
	const languages = Array.isArray(params.languages) ? params.languages : ['eng'];
	return FALLBACKS.map((fallback) => ({
		command: 'ocrmypdf',
		args: (input) => ['--language', languages.join('+'), ...flags, ...fallback, input, OUTPUT],
		output: OUTPUT,
	}));
}
