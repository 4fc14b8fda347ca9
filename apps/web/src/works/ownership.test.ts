import { expect, test } from '@jest/globals';
import { newWork } from './new-work.ts';
import { isOf, isStale, toAdopt, toForget } from './ownership.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const of = (userId: string | null) => newWork(source, { tool: 't', params: {}, secrets: {} }, userId);
const [nobodys, anns, bobs] = [of(null), of('usr_ann'), of('usr_bob')];
const all = [nobodys, anns, bobs];

test('a person sees their own, and who is nobody yet what waits for the sign-in', () => {
	expect(all.filter((work) => isOf(work, { id: 'usr_ann' }))).toEqual([anns]);
	expect(all.filter((work) => isOf(work, undefined))).toEqual([nobodys]);
});

test('what is nobody’s becomes that of whoever signs in', () => {
	expect(toAdopt(all)).toEqual([nobodys]);
});

test('with nobody’s session here, what belonged to somebody is forgotten', () => {
	expect(toForget(all, undefined)).toEqual([anns, bobs]);
	expect(toForget(all, { id: 'usr_ann' })).toEqual([]);
});

test('what has been over for a day is forgotten, or has waited so long for a sign-in, and nothing that still goes on', () => {
	const twoDaysOn = anns.createdAt + 2 * 24 * 60 * 60_000;
	const over = { ...anns, stage: { kind: 'canceled' } as const };
	expect(isStale(over, twoDaysOn)).toBe(true);
	expect(isStale(over, anns.createdAt)).toBe(false);
	expect(isStale(anns, twoDaysOn)).toBe(false);
	expect(isStale(nobodys, twoDaysOn)).toBe(true);
	expect(isStale(nobodys, nobodys.createdAt)).toBe(false);
});
