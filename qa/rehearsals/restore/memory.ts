import { readFileSync, writeFileSync } from 'node:fs';
import type { Person } from '../../driver/client.ts';

export interface Kept {
	fileId: string;
	sha256: string;
}

/** What the product had before its data was lost. */
export interface Memory {
	/** Has a subscription, two files and a finished job. */
	subscriber: Person;
	/** A single upload, a multipart upload, and the output of the job. */
	kept: Kept[];
	finishedJobId: string;
	/** Has more jobs than run at a time. */
	waiter: Person;
	jobIds: string[];
	/** Changed after the backup, so it must be gone. */
	lost: { token: string; fileId: string };
}

export function readMemory(path: string): Memory {
	return JSON.parse(readFileSync(path, 'utf8'));
}

export function writeMemory(path: string, memory: Omit<Memory, 'lost'> & Partial<Memory>): void {
	writeFileSync(path, JSON.stringify(memory), { mode: 0o600 });
}
