import { CSV, HTML, TEXT } from '@creatorr/tool-kit/files/media-types';
import { type Family, type HostileCase, succeeds } from '../hostile-case.ts';
import type { SecretFile, World } from '../world.ts';
import { addressesOf } from './addresses.ts';
import { casesFor, SHOWS_MARK } from './case-tables.ts';
import { ADDRESS } from './links/link-table.ts';

/** HTML that refers to an address, by the kind of file there. */
const LINKS: Readonly<Partial<Record<SecretFile, Readonly<Record<string, string>>>>> = {
	png: {
		'a picture': `<img src="${ADDRESS}" width="100" height="100">`,
		'a background': `<table background="${ADDRESS}"><tr><td background="${ADDRESS}">cell</td></tr></table><div style="background-image:url('${ADDRESS}')">text</div>`,
		'a base': `<base href="${ADDRESS}"><img src="secret.png"><img src="">`,
		'a film': `<video src="${ADDRESS}" poster="${ADDRESS}"></video><audio src="${ADDRESS}"></audio>`,
	},
	text: {
		'a style sheet': `<link rel="stylesheet" href="${ADDRESS}"><style>@import url("${ADDRESS}");</style>`,
		'a script': `<script src="${ADDRESS}"></script>`,
	},
	html: {
		'a frame': `<iframe src="${ADDRESS}" width="300" height="200"></iframe>`,
		'an object': `<object data="${ADDRESS}" type="text/html" width="300" height="200"></object>`,
		'another page': `<meta http-equiv="refresh" content="0; url=${ADDRESS}">`,
	},
	svg: {
		'a plugin': `<embed src="${ADDRESS}" width="300" height="200">`,
		'a drawing': `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${ADDRESS}" width="90" height="90"/><foreignObject><iframe src="${ADDRESS}"/></foreignObject></svg>`,
	},
	docx: {
		'a section of the office': `<div id="s" href="${ADDRESS}">old</div><sdfield type="docinfo" subtype="title">`,
	},
	xsl: { 'a style of XML': `<?xml-stylesheet type="text/xsl" href="${ADDRESS}"?>` },
};
/** Tried with all addresses. */
const COMMON = ['a picture', 'a frame', 'an object'];

const asHtml = { fileName: 'a.html', mimeType: HTML };

/** Links out of HTML pages, and cells that could be formulas. */
export const htmlLinks: Family = {
	name: 'HTML links',
	cases: (world) => [...links(world), ...cells(world), ...applets()],
};

function links(world: World): HostileCase[] {
	return Object.entries(LINKS).flatMap(([kind, texts]) =>
		Object.entries(texts).flatMap(([name, html]) =>
			addressesOf(world, kind as SecretFile, COMMON.includes(name) ? 'all' : 'few').flatMap(
				([where, address]) => {
					const body = `<p>Harmless</p>${html.replaceAll(ADDRESS, () => address)}<p>after</p>`;
					const page = `<html><head><title>t</title></head><body>${body}</body></html>`;
					return casesFor('office_to_pdf', asHtml, SHOWS_MARK, {
						[`${name}, ${where}`]: () => Buffer.from(page),
					});
				},
			),
		),
	);
}

/** Without Java, applets crash the office, and its files are converted by another command. */
function applets(): HostileCase[] {
	const page = '<p>Harmless</p><applet code="A.class" width="9"><p>instead</p></applet>';
	const littleEndian = Buffer.from(`\ufeff${page}`, 'utf16le');
	return casesFor('office_to_pdf', asHtml, succeeds(/Harmless\s+instead/), {
		'an applet in ASCII': () => Buffer.from(page),
		'an applet in capitals': () => Buffer.from(page.replaceAll('applet', 'APPLET')),
		'an applet in UTF-8 with a mark': () => Buffer.from(`\ufeff${page}`),
		'an applet in little-endian UTF-16': () => littleEndian,
		'an applet in big-endian UTF-16': () => Buffer.from(littleEndian).swap16(),
		'an applet in UTF-16 by what the page says': () => Buffer.from(`<meta charset="utf-16">${page}`),
	});
}

function cells({ files, url }: World): HostileCase[] {
	const formulas = {
		'a web function': `=WEBSERVICE("${url('csv')}")`,
		'a dynamic link': `=DDE("soffice";"${files.text}";"A1")`,
		'a command': `=cmd|'/c calc'!A1`,
		'a file': `='file://${files.ods}'#$One.A2`,
		'a link': `=HYPERLINK("${url('csv')}";"x")`,
	};
	return Object.entries(formulas).flatMap(([what, formula]) => {
		const of = (where: string, fileName: string, mimeType: string, text: string) =>
			casesFor('office_to_pdf', { fileName, mimeType }, SHOWS_MARK, {
				[`${what} in ${where}`]: () => Buffer.from(text),
			});
		const cell = `<tr><td sdval="1" sdnum="1033;">${formula}</td></tr>`;
		return [
			...of('a CSV', 'a.csv', CSV, `Harmless,"${formula.replaceAll('"', '""')}",+1+1,@SUM(1)\n`),
			...of('a table of HTML', 'a.html', HTML, `<p>Harmless</p><table>${cell}</table>`),
			...of('a text', 'a.txt', TEXT, `Harmless\n${formula}\n`),
		];
	});
}
