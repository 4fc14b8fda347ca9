import { ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import type { Family } from '../hostile-case.ts';
import { casesFor, SHOWS_MARK } from './case-tables.ts';

/** Names that confuse a shell, a path or a reader. */
const ODD_NAMES: Readonly<Record<string, string>> = {
	'an option': '-dNOSAFER.pdf',
	'a long option': '--help',
	'a file of arguments': '@/etc/passwd',
	'a pipe': '| touch /tmp/pwned',
	'a pipe of Ghostscript’s': '%pipe%id > pwned',
	'a command in backquotes': '`id`.pdf',
	'a command in parentheses': '$(id).pdf',
	'two commands': 'a.pdf; id #',
	'a variable': '$HOSTILE_SECRET.pdf',
	'a line end': 'a\nb.pdf',
	'a carriage return and a header': 'a\r\nX-Evil: 1.pdf',
	quotes: `a"b'c.pdf`,
	'a way up': '../../../../etc/passwd',
	'a way up as on Windows': '..\\..\\windows\\win.ini',
	'an absolute path': '/etc/passwd',
	'nothing but dots': '..',
	'a device of Windows’': 'CON.pdf',
	'text from right to left': 'a\u202efdp.exe',
	'marks that nobody sees': 'a\u200b\u2066\ufeff.pdf',
	'characters that combine': `a${'\u0301'.repeat(200)}.pdf`,
	'half a character': 'a\ud83d.pdf',
	'a picture': '🧨🧨.pdf',
	'255 characters': `${'x'.repeat(251)}.pdf`,
	'255 characters of four bytes': '🧨'.repeat(255),
	'a format string': '%s%n%x{0}.pdf',
	'a pattern': '*?[a].pdf',
	'a URL': 'http://127.0.0.1/a.pdf',
};

const FIELD = '<text:p><text:file-name text:display="full">saved</text:file-name></text:p>';

/** Hostile file names: no command and no path contains them. A field of a document may show its own. */
export const names: Family = {
	name: 'names',
	cases: () =>
		Object.entries(ODD_NAMES).flatMap(([what, fileName], index) =>
			index % 3 === 0
				? casesFor('office_to_pdf', { fileName, mimeType: ODT }, SHOWS_MARK, {
						[what]: () => odf('text', { body: FIELD }),
					})
				: casesFor('compress_heavy', { fileName, mimeType: PDF }, SHOWS_MARK, { [what]: () => onePage({}) }),
		),
};
