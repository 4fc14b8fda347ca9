import { expect, test } from '@jest/globals';
import { isOwnedBy, isStale, uploadsToAdopt, uploadsToDelete } from './ownership.ts';
import { createUpload } from './upload.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const of = (userId: string | null) => createUpload(source, { tool: 't', params: {}, secrets: {} }, userId);
const [unowned, anns, bobs] = [of(null), of('usr_ann'), of('usr_bob')];
const all = [unowned, anns, bobs];

test('shows users their own uploads, and visitors those that wait for a sign-in', () => {
	expect(all.filter((upload) => isOwnedBy(upload, { id: 'usr_ann' }))).toEqual([anns]);
	expect(all.filter((upload) => isOwnedBy(upload, undefined))).toEqual([unowned]);
});

test('gives uploads without an owner to the user who signs in', () => {
	expect(uploadsToAdopt(all)).toEqual([unowned]);
});

test('forgets owned uploads when nobody is signed in', () => {
	expect(uploadsToDelete(all, undefined)).toEqual([anns, bobs]);
	expect(uploadsToDelete(all, { id: 'usr_ann' })).toEqual([]);
});

test('forgets finished and unowned uploads after a day, and no active ones', () => {
	const twoDaysLater = anns.createdAt + 2 * 24 * 60 * 60_000;
	const finished = { ...anns, stage: { kind: 'canceled' } as const };
	expect(isStale(finished, twoDaysLater)).toBe(true);
	expect(isStale(finished, anns.createdAt)).toBe(false);
	expect(isStale(anns, twoDaysLater)).toBe(false);
	expect(isStale(unowned, twoDaysLater)).toBe(true);
	expect(isStale(unowned, unowned.createdAt)).toBe(false);
});
