import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseLegalText } from './legal-text.ts';

test('splits a text into sections with paragraphs', () => {
	expect(parseLegalText('Before.\r\n\r\n# One\n\nFirst.\n\nSecond,\nlonger.\n\n# Two\n')).toEqual([
		{ heading: '', paragraphs: ['Before.'] },
		{ heading: 'One', paragraphs: ['First.', 'Second,\nlonger.'] },
		{ heading: 'Two', paragraphs: [] },
	]);
});

test.each(['terms', 'privacy'])('the default text of %s says that it is a template', (name) => {
	const path = join(import.meta.dirname, '..', '..', 'public', 'legal', `${name}.txt`);
	const [first] = parseLegalText(readFileSync(path, 'utf8'));
	expect(first?.paragraphs[0]).toMatch(/^This is a template\. The operator/);
});
