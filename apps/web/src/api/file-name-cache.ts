import type { FileRow } from '@creatorr/client';
import { session } from './session.ts';

/** What this browser knows about a file. The API forgets deleted files, and the history shows their jobs for longer. */
interface CachedFile {
	name: string;
	expiresAt: string;
}

interface StoredNames {
	userId: string;
	files: Record<string, CachedFile>;
}

const KEY = 'creatorr.files';
/** The oldest are evicted first. */
const MAX_FILES = 1_000;

function isStoredNames(value: unknown): value is StoredNames {
	const { userId, files } = (value ?? {}) as Record<string, unknown>;
	return typeof userId === 'string' && typeof files === 'object' && files !== null;
}

/** The parsed value of the last read, because lists look up one file after the other. */
let last: { text: string | null; value: unknown } = { text: null, value: null };

function read(userId: string): Record<string, CachedFile> {
	try {
		const text = localStorage.getItem(KEY);
		if (text !== last.text) last = { text, value: JSON.parse(text ?? 'null') };
		return isStoredNames(last.value) && last.value.userId === userId ? last.value.files : {};
	} catch {
		return {};
	}
}

export function cacheFileNames(userId: string, rows: readonly FileRow[]): void {
	const seen = rows.map(({ id, name, expires_at: expiresAt }) => [id, { name, expiresAt }] as const);
	const known = Object.entries(read(userId));
	// ids sort by creation time
	const all = [...new Map([...known, ...seen])].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MAX_FILES);
	try {
		localStorage.setItem(KEY, JSON.stringify({ userId, files: Object.fromEntries(all) }));
	} catch {
		// without storage, deleted files are shown without their names
	}
}

export function cachedFile(userId: string, id: string): CachedFile | undefined {
	return read(userId)[id];
}

// deletes the names when the user has changed or signed out
session.subscribe(() => {
	const user = session.user();
	if (user && Object.keys(read(user.id)).length > 0) return;
	try {
		localStorage.removeItem(KEY);
	} catch {
		// nothing was stored
	}
});
