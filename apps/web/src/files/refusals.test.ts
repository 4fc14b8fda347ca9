import type { Tool } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { acceptAttribute, typeNames, typeOf } from './media-types.ts';
import { refusalOf, sortOut, takesType } from './refusals.ts';

const MB = 1_000_000;

const tool = (slug: string, accepts: string[]): Tool => ({
	slug,
	title: slug.toUpperCase(),
	summary: '',
	accepts,
	params: {},
	limits: {},
	plans: {
		free: { max_input_bytes: 10 * MB, max_pages: 1 },
		pro: { max_input_bytes: 100 * MB, max_pages: 1 },
	},
	available: true,
});
const compress = tool('compress', ['application/pdf']);
const office = tool('office', ['text/plain', 'text/html', 'application/msword']);
const tools = [compress, office];

const file = (name: string, type = '', size = MB) => ({ name, type, size });
const refusal = (...[name, type, size]: Parameters<typeof file>) =>
	refusalOf(file(name, type, size), compress, tools, 'free');

describe('a file is refused', () => {
	test('whose type the tool does not take, with the tool that does', () => {
		expect(refusal('letter.doc')).toEqual({
			name: 'letter.doc',
			reason: 'COMPRESS doesn’t take .doc files, but PDF.',
			help: { kind: 'tool', slug: 'office', title: 'OFFICE' },
		});
		expect(refusal('film.mp4', 'video/mp4')).toMatchObject({ help: undefined });
	});

	test('that is empty', () => {
		expect(refusal('a.pdf', 'application/pdf', 0)?.reason).toBe('The file is empty.');
	});

	test('that is larger than the plan takes, with what Pro does', () => {
		expect(refusal('a.pdf', 'application/pdf', 11 * MB)).toEqual({
			name: 'a.pdf',
			reason: 'It is 11.0 MB large, and COMPRESS takes up to 10.0 MB on the free plan, 100 MB on Pro.',
			help: { kind: 'pro' },
		});
		expect(refusalOf(file('a.pdf', '', 11 * MB), compress, tools, 'pro')).toBeUndefined();
		expect(refusalOf(file('a.pdf', '', 11 * MB), compress, tools, undefined)).toBeDefined();
	});

	test('that is larger than anybody may send', () => {
		expect(refusal('a.pdf', '', 101 * MB)?.reason).toMatch(/Split it/);
		expect(refusal('a.pdf', '', 101 * MB)?.help).toBeUndefined();
	});
});

describe('a file is taken', () => {
	test('by its name where the system knows no type', () => {
		expect(refusal('A.PDF')).toBeUndefined();
		expect(refusal('a.pdf', 'application/octet-stream')).toBeUndefined();
	});

	test('where nothing is known of it: the API looks into it', () => {
		expect(refusal('scan')).toBeUndefined();
		expect(refusal('a.xyz')).toBeUndefined();
	});

	test('where it is some kind of text and text is taken', () => {
		expect(takesType(office, file('a.json', 'text/x-anything'))).toBe(true);
		expect(takesType(compress, file('a.txt', 'text/plain'))).toBe(false);
	});
});

test('of several, each goes its own way', () => {
	const files = [file('a.pdf'), file('b.doc'), file('c.pdf')];
	const { taken, refused } = sortOut(files, compress, tools, 'free');
	expect(taken.map(({ name }) => name)).toEqual(['a.pdf', 'c.pdf']);
	expect(refused.map(({ name }) => name)).toEqual(['b.doc']);
});

test('a file dialog is told types and extensions', () => {
	expect(acceptAttribute(['application/pdf', 'model/new'])).toBe('application/pdf,.pdf,model/new');
});

test('types have names for people, each once', () => {
	const types = ['application/msword', typeOf(file('a.docx')) ?? '', 'application/pdf'];
	expect(typeNames(types)).toBe('Word and PDF');
});
