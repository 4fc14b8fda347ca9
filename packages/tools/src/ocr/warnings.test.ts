import { describe, expect, test } from '@jest/globals';
import { manifest } from './manifest.ts';
import { warningsOf } from './warnings.ts';

const NOTHING_READ = {
	pages: 3,
	recognized: 0,
	failed: [],
	words: 0,
	confidence_sum: 0,
	is_pdfa: true,
	signatures_removed: false,
};

const warningsFor = (output: string, recognition: Partial<Parameters<typeof warningsOf>[0]>) =>
	warningsOf({ ...NOTHING_READ, ...recognition }, manifest.params.parse({ output }));

describe('the warning about pages that could not be read', () => {
	test.each(['pdf', 'pdfa'])('says that they are unchanged in the output %s', (output) => {
		expect(warningsFor(output, { recognized: 2, failed: [3], words: 5 })).toEqual([
			'pages_failed: These pages couldn’t be read and were left unchanged: 3.',
		]);
	});

	test.each(['text', 'hocr'])('says that their text may be missing in the output %s', (output) => {
		expect(warningsFor(output, { recognized: 2, failed: [3], words: 5 })).toEqual([
			'pages_failed: These pages couldn’t be read, so their text may be missing: 3.',
		]);
	});
});

describe('the warning about pages that all have text', () => {
	test.each(['text', 'hocr'])('says that the output %s contains that text', (output) => {
		expect(warningsFor(output, {})).toEqual([
			'already_has_text: Every page already has text. The result contains this text. To read the pages again, set params.mode to redo or force.',
		]);
	});

	test.each([
		['pdf', 'the file is unchanged'],
		['pdfa', 'nothing was recognized'],
	])('says for the output %s that %s', (output, what) => {
		expect(warningsFor(output, {})).toEqual([
			`already_has_text: Every page already has text, so ${what}. Set params.mode to redo or force to replace that text.`,
		]);
	});
});
