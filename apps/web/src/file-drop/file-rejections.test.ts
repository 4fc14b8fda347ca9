import type { Tool } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { acceptsType, partitionFiles, rejectionOf } from './file-rejections.ts';
import { acceptAttribute, typeNames, typeOf } from './media-types.ts';

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
const rejection = (...[name, type, size]: Parameters<typeof file>) =>
	rejectionOf(file(name, type, size), compress, tools, 'free');

describe('a file is rejected', () => {
	test('when the tool does not accept its type, and another tool is suggested', () => {
		expect(rejection('letter.doc')).toEqual({
			name: 'letter.doc',
			reason: '“COMPRESS” accepts only PDF files, not .doc.',
			help: { kind: 'tool', slug: 'office', title: 'OFFICE' },
		});
		expect(rejection('film.mp4', 'video/mp4')).toMatchObject({ help: undefined });
	});

	test('when it is empty', () => {
		expect(rejection('a.pdf', 'application/pdf', 0)?.reason).toBe(
			'The file is empty. Check that it was saved or downloaded completely.',
		);
	});

	test('when it is larger than the plan allows, with the limit of Pro', () => {
		expect(rejection('a.pdf', 'application/pdf', 11 * MB)).toEqual({
			name: 'a.pdf',
			reason: 'This file is 11 MB. The Free limit for “COMPRESS” is 10 MB. Pro allows 100 MB.',
			help: { kind: 'pro' },
		});
		expect(rejectionOf(file('a.pdf', '', 11 * MB), compress, tools, 'pro')).toBeUndefined();
		expect(rejectionOf(file('a.pdf', '', 11 * MB), compress, tools, undefined)).toBeDefined();
	});

	test('when it is larger than every plan allows', () => {
		expect(rejection('a.pdf', '', 101 * MB)?.reason).toMatch(/Split it/);
		expect(rejection('a.pdf', '', 101 * MB)?.help).toBeUndefined();
	});
});

describe('a file is accepted', () => {
	test('by its extension when the system knows no type', () => {
		expect(rejection('A.PDF')).toBeUndefined();
		expect(rejection('a.pdf', 'application/octet-stream')).toBeUndefined();
	});

	test('when nothing is known about it, and left to the API to inspect', () => {
		expect(rejection('scan')).toBeUndefined();
		expect(rejection('a.xyz')).toBeUndefined();
	});

	test('when it is some kind of text and the tool accepts text', () => {
		expect(acceptsType(office, file('a.json', 'text/x-anything'))).toBe(true);
		expect(acceptsType(compress, file('a.txt', 'text/plain'))).toBe(false);
	});
});

test('splits accepted from rejected files', () => {
	const files = [file('a.pdf'), file('b.doc'), file('c.pdf')];
	const { accepted, rejections } = partitionFiles(files, compress, tools, 'free');
	expect(accepted.map(({ name }) => name)).toEqual(['a.pdf', 'c.pdf']);
	expect(rejections.map(({ name }) => name)).toEqual(['b.doc']);
});

test('lists types and extensions for the file dialog', () => {
	expect(acceptAttribute(['application/pdf', 'model/new'])).toBe('application/pdf,.pdf,model/new');
});

test('names each type once', () => {
	const types = ['application/msword', typeOf(file('a.docx')) ?? '', 'application/pdf'];
	expect(typeNames(types)).toBe('Word and PDF');
});
