import { expect, test } from '@jest/globals';
import { createOwnUploads } from './own-uploads.ts';
import { createUploads, type Upload } from './upload.ts';

const session = { get: () => ({ kind: 'out' as const }) };
const request = { tool: 't', params: {}, secrets: {} };
const filesOf = (...names: string[]) => names.map((name) => new File(['x'], name));

test('lists the newest files first, and files that were chosen together in their order', () => {
	const earlier = createUploads(filesOf('old.pdf'), request, { userId: null, now: 1_000 });
	const together = createUploads(filesOf('a.pdf', 'b.pdf', 'c.pdf'), request, { userId: null, now: 2_000 });
	// the database returns them in any order
	const stored = [...together.slice(1), ...earlier, ...together.slice(0, 1)];
	const own = createOwnUploads(
		new Map(stored.map((upload): [string, Upload] => [upload.id, upload])),
		session,
	);
	own.update();
	expect(own.list().map(({ source }) => source.name)).toEqual(['a.pdf', 'b.pdf', 'c.pdf', 'old.pdf']);
});

test('lists only uploads of the user', () => {
	const [upload] = createUploads(filesOf('a.pdf'), request, { userId: 'usr_ann', now: 1 });
	const own = createOwnUploads(new Map([['1', upload as Upload]]), session);
	own.update();
	expect(own.list()).toEqual([]);
});
