import { CSV, HTML, TEXT } from '@creatorr/tool-kit/files/media-types';
import { type Family, type HostileCase, succeeds } from '../hostile-case.ts';
import type { SecretFile, World } from '../world.ts';
import { addresses } from './addresses.ts';

interface Link {
	name: string;
	kind: SecretFile;
	html(address: string): string;
}

const LINKS: readonly Link[] = [
	{ name: 'a picture', kind: 'png', html: (at) => `<img src="${at}" width="100" height="100">` },
	{
		name: 'a style sheet',
		kind: 'text',
		html: (at) => `<link rel="stylesheet" href="${at}"><style>@import url("${at}");</style>`,
	},
	{ name: 'a frame', kind: 'html', html: (at) => `<iframe src="${at}" width="300" height="200"></iframe>` },
	{
		name: 'an object',
		kind: 'html',
		html: (at) => `<object data="${at}" type="text/html" width="300" height="200"></object>`,
	},
	{ name: 'a plugin', kind: 'svg', html: (at) => `<embed src="${at}" width="300" height="200">` },
	{
		name: 'a background',
		kind: 'png',
		html: (at) =>
			`<table background="${at}"><tr><td background="${at}">cell</td></tr></table><div style="background-image:url('${at}')">text</div>`,
	},
	{ name: 'another page', kind: 'html', html: (at) => `<meta http-equiv="refresh" content="0; url=${at}">` },
	{ name: 'a script', kind: 'text', html: (at) => `<script src="${at}"></script>` },
	{
		name: 'a section of the office',
		kind: 'docx',
		html: (at) => `<div id="s" href="${at}">old</div><sdfield type="docinfo" subtype="title">`,
	},
	{ name: 'a base', kind: 'png', html: (at) => `<base href="${at}"><img src="secret.png"><img src="">` },
	{
		name: 'a drawing',
		kind: 'svg',
		html: (at) =>
			`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${at}" width="90" height="90"/><foreignObject><iframe src="${at}"/></foreignObject></svg>`,
	},
	{ name: 'a style of XML', kind: 'xsl', html: (at) => `<?xml-stylesheet type="text/xsl" href="${at}"?>` },
	{
		name: 'a film',
		kind: 'png',
		html: (at) => `<video src="${at}" poster="${at}"></video><audio src="${at}"></audio>`,
	},
];

const COMMON = ['a picture', 'a frame', 'an object'];
const FEW = ['on the web', 'on this machine'];

/** Links out of pages of HTML, and cells that would be formulas. */
export const htmlLinks: Family = {
	name: 'HTML links',
	cases: (world) => [
		...LINKS.flatMap(({ name, kind, html }) =>
			Object.entries(addresses(world, kind))
				.filter(([where]) => COMMON.includes(name) || FEW.includes(where))
				.map(
					([where, address]): HostileCase => ({
						name: `${name}, ${where}`,
						...{ tool: 'office_to_pdf', fileName: 'a.html', mimeType: HTML },
						make: () =>
							Buffer.from(
								`<html><head><title>t</title></head><body><p>Harmless</p>${html(address)}<p>after</p></body></html>`,
							),
						expected: succeeds(/Harmless/),
					}),
				),
		),
		...cells(world),
		...applets(),
	],
};

/** The office dies of applets, where there is no Java, and what it dies of is converted by a command that anybody can read. */
function applets(): HostileCase[] {
	const page = '<p>Harmless</p><applet code="A.class" width="9"><p>instead</p></applet>';
	const little = Buffer.from(`\ufeff${page}`, 'utf16le');
	const pages = {
		'in ASCII': Buffer.from(page),
		'in capitals': Buffer.from(page.replaceAll('applet', 'APPLET')),
		'in UTF-8 with a mark': Buffer.from(`\ufeff${page}`),
		'in little-endian UTF-16': little,
		'in big-endian UTF-16': Buffer.from(little).swap16(),
		'in UTF-16 by what the page says': Buffer.from(`<meta charset="utf-16">${page}`),
	};
	return Object.entries(pages).map(
		([where, content]): HostileCase => ({
			...{ name: `an applet ${where}`, tool: 'office_to_pdf', fileName: 'a.html', mimeType: HTML },
			...{ make: () => content, expected: succeeds(/Harmless\s+instead/) },
		}),
	);
}

function cells({ files, url }: World): HostileCase[] {
	const formulas = {
		'a web function': `=WEBSERVICE("${url('csv')}")`,
		'a dynamic link': `=DDE("soffice";"${files.text}";"A1")`,
		'a command': `=cmd|'/c calc'!A1`,
		'a file': `='file://${files.ods}'#$One.A2`,
		'a link': `=HYPERLINK("${url('csv')}";"x")`,
	};
	return Object.entries(formulas).flatMap(([what, formula]): HostileCase[] => [
		{
			...{ name: `${what} in a CSV`, tool: 'office_to_pdf', fileName: 'a.csv', mimeType: CSV },
			...{
				make: () => Buffer.from(`Harmless,"${formula.replaceAll('"', '""')}",+1+1,@SUM(1)\n`),
				expected: succeeds(/Harmless/),
			},
		},
		{
			...{ name: `${what} in a table of HTML`, tool: 'office_to_pdf', fileName: 'a.html', mimeType: HTML },
			...{
				make: () =>
					Buffer.from(`<p>Harmless</p><table><tr><td sdval="1" sdnum="1033;">${formula}</td></tr></table>`),
				expected: succeeds(/Harmless/),
			},
		},
		{
			...{ name: `${what} in a text`, tool: 'office_to_pdf', fileName: 'a.txt', mimeType: TEXT },
			...{ make: () => Buffer.from(`Harmless\n${formula}\n`), expected: succeeds(/Harmless/) },
		},
	]);
}
