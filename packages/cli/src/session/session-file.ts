import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';

export interface StoredSession {
	token: string;
	email: string;
}

/** Tokens by API. A token is sent only to the API that issued it. */
export interface Sessions {
	/** API of the last sign-in. */
	api?: string;
	byApi: Record<string, StoredSession>;
}

export function sessionPath(env: NodeJS.ProcessEnv): string {
	return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'creatorr', 'sessions.json');
}

export async function readSessions(env: NodeJS.ProcessEnv): Promise<Sessions> {
	const path = sessionPath(env);
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { byApi: {} };
		throw error;
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new UsageError(`${path} is damaged. Delete it, then sign in again.`);
	}
}

/** Writes the file atomically, readable only by its owner. */
export async function writeSessions(env: NodeJS.ProcessEnv, sessions: Sessions): Promise<void> {
	const path = sessionPath(env);
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const temporary = `${path}.${process.pid}`;
	await writeFile(temporary, `${JSON.stringify(sessions, null, '\t')}\n`, { mode: 0o600 });
	await rename(temporary, path);
}
