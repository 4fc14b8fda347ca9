import { ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Family, type HostileCase, succeeds } from '../hostile-case.ts';

/** Names that a shell, a path or a reader would stumble over, by what they are. */
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

/** A file’s name is its owner’s: no command and no path ever sees it, but a field of a document may show it. */
export const names: Family = {
	name: 'names',
	cases: () =>
		Object.entries(ODD_NAMES).map(([what, fileName], index): HostileCase => {
			const isOffice = index % 3 === 0;
			return {
				name: what,
				fileName,
				tool: isOffice ? 'office_to_pdf' : 'compress_heavy',
				mimeType: isOffice ? ODT : PDF,
				make: () => (isOffice ? odf('text', { body: FIELD }) : onePage({})),
				expected: succeeds(/Harmless/),
			};
		}),
};
