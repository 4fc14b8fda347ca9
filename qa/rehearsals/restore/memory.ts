import { readFileSync, writeFileSync } from 'node:fs';
import type { Person } from '../../driver/client.ts';

export interface Kept {
	fileId: string;
	sha256: string;
}

/** What is remembered of the product from before its data was lost, to hold the restored one against. */
export interface Memory {
	/** Has a subscription, two files and a job that is done. */
	subscriber: Person;
	/** An upload at once, one in parts, and the output of the job. */
	kept: Kept[];
	finishedJobId: string;
	/** Has more jobs than run at a time. */
	waiter: Person;
	jobIds: string[];
	/** From after the backup: nobody may know of it any more. */
	lost: { token: string; fileId: string };
}

export function readMemory(path: string): Memory {
	return JSON.parse(readFileSync(path, 'utf8'));
}

export function writeMemory(path: string, memory: Omit<Memory, 'lost'> & Partial<Memory>): void {
	writeFileSync(path, JSON.stringify(memory), { mode: 0o600 });
}
