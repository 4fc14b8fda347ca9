import { CSV, HTML, TEXT } from '@creatorr/tool-kit/files/media-types';
import type { Family, HostileCase } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { casesFor, SHOWS_MARK } from './case-tables.ts';
import { hostileLinks } from './links.ts';

const asHtml = { fileName: 'a.html', mimeType: HTML };

/** Links out of HTML pages, and cells that could be formulas. */
export const htmlLinks: Family = {
	name: 'HTML links',
	cases: (world) => [...links(world), ...cells(world), ...applets()],
};

function links(world: World): HostileCase[] {
	return hostileLinks('HTML links', world).flatMap(({ name, text, address }) => {
		const body = `<p>Harmless</p>${text.replaceAll('{address}', () => address)}<p>after</p>`;
		const page = `<html><head><title>t</title></head><body>${body}</body></html>`;
		return casesFor('office_to_pdf', asHtml, SHOWS_MARK, { [name]: () => Buffer.from(page) });
	});
}

/** Without Java, applets crash LibreOffice, and its files are converted by another command. */
function applets(): HostileCase[] {
	const page = '<p>Harmless</p><applet code="A.class" width="9"><p>instead</p></applet>';
	const littleEndian = Buffer.from(`\ufeff${page}`, 'utf16le');
	return casesFor('office_to_pdf', asHtml, /Harmless\s+instead/, {
		'an applet in ASCII': () => Buffer.from(page),
		'an applet in capitals': () => Buffer.from(page.replaceAll('applet', 'APPLET')),
		'an applet in UTF-8 with a byte order mark': () => Buffer.from(`\ufeff${page}`),
		'an applet in little-endian UTF-16': () => littleEndian,
		'an applet in big-endian UTF-16': () => Buffer.from(littleEndian).swap16(),
		'an applet in ASCII that is declared as UTF-16': () => Buffer.from(`<meta charset="utf-16">${page}`),
	});
}

function cells({ files, url }: World): HostileCase[] {
	const formulas = {
		'a web function': `=WEBSERVICE("${url('csv')}")`,
		'a DDE link': `=DDE("soffice";"${files.text}";"A1")`,
		'a command': `=cmd|'/c calc'!A1`,
		'a reference to a file': `='file://${files.ods}'#$One.A2`,
		'a hyperlink': `=HYPERLINK("${url('csv')}";"x")`,
	};
	return Object.entries(formulas).flatMap(([what, formula]) => {
		const of = (where: string, fileName: string, mimeType: string, text: string) =>
			casesFor('office_to_pdf', { fileName, mimeType }, SHOWS_MARK, {
				[`${what} in ${where}`]: () => Buffer.from(text),
			});
		const cell = `<tr><td sdval="1" sdnum="1033;">${formula}</td></tr>`;
		return [
			...of('a CSV', 'a.csv', CSV, `Harmless,"${formula.replaceAll('"', '""')}",+1+1,@SUM(1)\n`),
			...of('an HTML table', 'a.html', HTML, `<p>Harmless</p><table>${cell}</table>`),
			...of('a text', 'a.txt', TEXT, `Harmless\n${formula}\n`),
		];
	});
}
