import type { SessionState } from '../api/session.ts';
import { hasEnded, type Upload } from './upload.ts';

/** The user whose uploads the page shows, also while the session has expired; undefined for a visitor. */
type Person = { id: string } | undefined;

export function personOf(state: SessionState): Person {
	return state.kind === 'out' ? undefined : state.user;
}

/** Whether to show the upload: users see their own, visitors those that wait for a sign-in. */
export function isOwnedBy(upload: Upload, person: Person): boolean {
	return upload.userId === (person?.id ?? null);
}

/** Returns the uploads that become those of the user who signs in. */
export function uploadsToAdopt(uploads: readonly Upload[]): Upload[] {
	return uploads.filter(({ userId }) => userId === null);
}

/**
 * Returns the uploads to delete so that the next visitor can't find them: with nobody signed in, all that have an owner.
 * An expired session keeps its uploads, even while another user is signed in.
 */
export function uploadsToDelete(uploads: readonly Upload[], person: Person): Upload[] {
	return person === undefined ? uploads.filter(({ userId }) => userId !== null) : [];
}

const STALE_AFTER_MS = 24 * 60 * 60_000;

/** Whether a finished upload, or one that waits for a sign-in, is too old to keep: its output may be gone. */
export function isStale(upload: Upload, now: number): boolean {
	return (hasEnded(upload) || upload.userId === null) && now - upload.createdAt > STALE_AFTER_MS;
}
