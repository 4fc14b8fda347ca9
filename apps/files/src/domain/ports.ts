import type { Standing } from './admit-upload.ts';
import type { FileRecord, OwnedFile } from './file.ts';

/** Rows of files and of whose they are. "Visible": published, neither deleted nor expired. */
export interface FileRecords {
	/** The plan that a user is on and what is stored; null when the account was deleted. */
	standingOf(userId: string): Promise<Standing | null>;
	/**
	 * Keeps the file that `make` makes of its owner's standing, one of a user's after the other; null, and nothing is kept, when
	 * the account was deleted. Throws what `make` throws.
	 */
	insert(userId: string, make: (standing: Standing) => FileRecord): Promise<FileRecord | null>;
	findVisible(file: OwnedFile): Promise<FileRecord | null>;
	/** Visible files, newest first, from after the one with the id `beforeId`. */
	listVisible(page: { userId: string; limit: number; beforeId: string | null }): Promise<FileRecord[]>;
	/** An output that is not deleted, whether anybody may see it or not. */
	findOutput(id: string): Promise<FileRecord | null>;
	/** Fixes the ETag of a pending file, once: the row as it is afterwards, whoever fixed it; null when it is deleted. */
	fixEtag(file: FileRecord, etag: string): Promise<FileRecord | null>;
	/** False when it is not visible. */
	deleteVisible(file: OwnedFile): Promise<boolean>;
	/** Deletes the row if it is still as it was read; false when somebody changed it since. */
	deleteUnchanged(file: FileRecord): Promise<boolean>;
	/**
	 * Shows an output to its owner, for as long as the plan keeps files, in place of the one that was shown before, and deletes
	 * those of earlier attempts; false when it is deleted itself.
	 */
	publish(output: FileRecord): Promise<boolean>;
	deleteOutputsOf(jobId: string): Promise<void>;
}

/** A stored object. */
export interface StoredBytes {
	sizeBytes: number;
	etag: string;
	/** It came with headers that its upload URL did not ask for and that every download would have. */
	hasUnsignedHeaders: boolean;
}

export interface Part {
	partNumber: number;
	etag: string;
}

export interface StoredPart extends Part {
	sizeBytes: number;
}

export interface Upload {
	key: string;
	uploadId: string;
}

/** Whom a URL is for: clients and workers may reach the store under different names. */
export type Audience = 'client' | 'worker';

export interface SignedUrl {
	url: string;
	expiresAt: Date;
}

interface Signing {
	key: string;
	audience: Audience;
	expiresInSeconds: number;
}

/** What became of joining parts: `gone` when the upload is over and left no object of this size. */
export type JoinOutcome =
	| { outcome: 'joined' }
	| { outcome: 'gone' }
	| { outcome: 'invalid'; problems: readonly { partNumber?: number; message: string }[] };

/** Rows that fell due, and the time by which they did: the database's, which all processes share. */
export interface Due {
	files: FileRecord[];
	now: Date;
}

/** A part of the store's keys: after one and up to another, in the order of their bytes; up to the end where that is null. */
export interface KeyRange {
	after: string;
	upTo: string | null;
}

/** By which a database knows its bucket. */
export interface BucketMark {
	token: string;
	/** It was there before, so that a bucket without it is another one. */
	isInBucket: boolean;
}

/** Rows as the sweeper needs them: also those that nobody sees any more. */
export interface SweepRecords {
	/** Takes rows that are due, each for `leaseMs`: until then no other sweeper gets them. */
	claimDue(limit: number, leaseMs: number): Promise<Due>;
	/** Has this row looked at when it falls due: at its end, or at the end of the time that it has to get there. */
	scheduleSweep(id: string): Promise<void>;
	/** The bytes are gone, but more may come until `lastBytesAt`. */
	sweepAgainAt(id: string, lastBytesAt: Date): Promise<void>;
	/** The bytes are gone for good. */
	markBytesRemoved(id: string): Promise<void>;
	/** Forgets up to `limit` files whose bytes were removed so long ago; resolves to how many. */
	purge(limit: number, retentionMs: number): Promise<number>;
	/** Forgets events that were applied so long ago that they are never delivered again. */
	pruneInbox(): Promise<number>;
	/** Has a batch of files follow a change of their owner's plan; null when there is none to follow. */
	followInBatch(): Promise<number | null>;
	/** Rows with these keys whose bytes are not gone for good, and the database's time. */
	findStored(keys: readonly string[]): Promise<Due>;
	/** Up to `limit` ready rows in a range of keys, but for those in `except`, in the order of keys. */
	findReady(range: KeyRange & { except: readonly string[]; limit: number }): Promise<FileRecord[]>;
	readMark(): Promise<BucketMark>;
	/** From now on a bucket without the mark is another one. */
	noteMarked(): Promise<void>;
}

export type Counts = Record<string, number>;

/** Somebody's turn at a chore: how far it has come, which the next one goes on from when this one breaks off. */
export interface Turn {
	name: string;
	/** Fences off whoever has lost the turn. */
	token: string;
	position: string;
	counts: Counts;
	/** When the last run began that came to its end; null before there was one. */
	lastBegunAt: Date | null;
}

/** Chores, each done by one process at a time. */
export interface ChoreRecords {
	/** The turn at a chore that is due, for `leaseMs`; null when it is not due or somebody is at it. */
	take(name: string, leaseMs: number): Promise<Turn | null>;
	/** Keeps how far the turn has come, and the turn for `leaseMs` more; false when it was lost. */
	keep(turn: Turn, leaseMs: number): Promise<boolean>;
	/** Leaves the rest to whoever comes next. */
	giveBack(turn: Turn): Promise<void>;
	/** The chore is done, and due again after so long. */
	finish(turn: Turn, nextInMs: number): Promise<void>;
	/** It could not go on, and will from there after so long. */
	fail(turn: Turn, input: { failure: string; nextInMs: number }): Promise<void>;
	/** Notes what was done in a chore that needs no turns. */
	report(name: string, run: { begunAt: Date; counts: Counts }): Promise<void>;
}

export interface ListedObject {
	key: string;
	sizeBytes: number;
	etag: string;
	/** By the store's clock. */
	modifiedAt: Date;
}

/** Where the bytes are. Whatever has to ask the store throws `upstream_unavailable` when it cannot answer. */
export interface FileStore {
	/** What is stored under the key, null when nothing. */
	head(key: string): Promise<StoredBytes | null>;
	/** Resolves when the bucket is there and is the one that the rows tell of. */
	confirm(): Promise<void>;
	/** The size of every part but the last. */
	partSizeFor(sizeBytes: number): number;
	/** A URL that admits one PUT of this type and size. */
	signPut(input: Signing & { contentType: string; sizeBytes: number }): Promise<SignedUrl>;
	signPart(input: Signing & { uploadId: string; partNumber: number; sizeBytes: number }): Promise<SignedUrl>;
	/** With `attachment` the download arrives under that name. */
	signGet(input: Signing & { attachment?: { fileName: string; contentType: string } }): Promise<SignedUrl>;
	/** Begins an upload in parts and resolves to its id. */
	beginMultipart(input: { key: string; contentType: string }): Promise<string>;
	/** The parts that have arrived, in order; null when the upload is over. */
	listParts(upload: Upload): Promise<StoredPart[] | null>;
	joinParts(upload: Upload & { parts: readonly Part[]; sizeBytes: number }): Promise<JoinOutcome>;
	/** Throws away the parts of an upload that is not over. */
	abortMultipart(upload: Upload): Promise<void>;
	/** Removes what is stored under the keys; fine when nothing is. */
	remove(keys: readonly string[]): Promise<void>;
	/** Objects of ours after a key, in the order of keys. */
	list(after: string, limit: number): Promise<{ objects: readonly ListedObject[]; isLast: boolean }>;
	/** The tokens of all marks in the bucket. */
	listMarks(): Promise<string[]>;
	putMark(token: string): Promise<void>;
	/** Uploads in parts that were begun before and are not over. */
	listStaleMultiparts(startedBefore: Date): AsyncIterable<Upload>;
}
