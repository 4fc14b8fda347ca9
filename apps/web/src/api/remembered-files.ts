import type { FileRow } from '@creatorr/client';
import { session } from './session.ts';

/** What this browser has seen of a file: the API forgets all of it when the file goes, and history is longer than that. */
export interface RememberedFile {
	name: string;
	/** When it would go by itself. */
	expiresAt: string;
}

interface Kept {
	userId: string;
	files: Record<string, RememberedFile>;
}

const KEY = 'creatorr.files';
/** The oldest go first. */
const MAX_FILES = 1_000;

function isKept(value: unknown): value is Kept {
	const { userId, files } = (value ?? {}) as Record<string, unknown>;
	return typeof userId === 'string' && typeof files === 'object' && files !== null;
}

/** What was read last: a list asks for one file after the other. */
let last: { text: string | null; kept: unknown } = { text: null, kept: null };

function read(userId: string): Record<string, RememberedFile> {
	try {
		const text = localStorage.getItem(KEY);
		if (text !== last.text) last = { text, kept: JSON.parse(text ?? 'null') };
		return isKept(last.kept) && last.kept.userId === userId ? last.kept.files : {};
	} catch {
		return {};
	}
}

export function rememberFiles(userId: string, rows: readonly FileRow[]): void {
	const seen = rows.map(({ id, name, expires_at: expiresAt }) => [id, { name, expiresAt }] as const);
	const known = Object.entries(read(userId));
	// ids sort by the time that they were made
	const all = [...new Map([...known, ...seen])].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MAX_FILES);
	try {
		localStorage.setItem(KEY, JSON.stringify({ userId, files: Object.fromEntries(all) }));
	} catch {
		// a browser that keeps nothing shows files that are gone without their names
	}
}

export function rememberedFile(userId: string, id: string): RememberedFile | undefined {
	return read(userId)[id];
}

// names of files are nobody else's business
session.subscribe(() => {
	const user = session.user();
	if (user && Object.keys(read(user.id)).length > 0) return;
	try {
		localStorage.removeItem(KEY);
	} catch {
		// nothing was kept
	}
});
