import { expect, test } from '@jest/globals';
import { droppedFiles } from './dropped-files.ts';

/** Entries as in the File and Directory Entries API, because there is no DOM. */
const file = (name: string, isReadable = true) => ({
	name,
	isFile: true,
	isDirectory: false,
	file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
		isReadable ? resolve(new File([], name)) : reject(new Error('NotReadableError')),
});
const folder = (name: string, entries: readonly object[], isReadable = true) => ({
	name,
	isFile: false,
	isDirectory: true,
	createReader: () => {
		const left = [...entries];
		return {
			// one at a time, because browsers return long lists in parts
			readEntries: (resolve: (entries: object[]) => void, reject: (error: Error) => void) =>
				isReadable ? resolve(left.splice(0, 1)) : reject(new Error('NotReadableError')),
		};
	},
});
const drop = async (...entries: object[]) => {
	const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
	const { files, unreadable } = await droppedFiles({ items, files: [] } as unknown as DataTransfer);
	return { files: files.map(({ name }) => name), unreadable };
};

test('reads folders, without hidden files', async () => {
	const entries = folder('a', [file('1.pdf'), file('.hidden'), folder('b', [file('2.pdf')])]);
	expect(await drop(entries, file('3.pdf'))).toEqual({ files: ['1.pdf', '2.pdf', '3.pdf'], unreadable: [] });
});

test('names unreadable entries and returns the others', async () => {
	const entries = folder('a', [file('locked.pdf', false), file('1.pdf'), folder('closed', [], false)]);
	expect(await drop(entries)).toEqual({ files: ['1.pdf'], unreadable: ['locked.pdf', 'closed'] });
});
