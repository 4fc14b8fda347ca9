import { isOver, type Work } from './work.ts';

/** Whose page it is: `expired` still is the same person's. */
export type Person = { id: string } | undefined;

/** The works to show: one's own, and before sign-in those that wait for it. */
export function isOf(work: Work, person: Person): boolean {
	return work.userId === (person?.id ?? null);
}

/** Works from before sign-in become those of whoever signs in. */
export function toAdopt(works: readonly Work[]): Work[] {
	return works.filter(({ userId }) => userId === null);
}

/**
 * What nobody who comes to this device later may find: with nobody's session here, everything that belongs to somebody.
 * Whoever signs in beside an expired session finds their own, and the other's wait.
 */
export function toForget(works: readonly Work[], person: Person): Work[] {
	return person === undefined ? works.filter(({ userId }) => userId !== null) : [];
}

/** Nobody looks for it any more, and what it made may be gone; or nobody signed in for it, and the next one here may be another. */
const STALE_AFTER_MS = 24 * 60 * 60_000;

export function isStale(work: Work, now: number): boolean {
	return (isOver(work) || work.userId === null) && now - work.createdAt > STALE_AFTER_MS;
}
