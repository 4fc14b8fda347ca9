import type { Command } from './transitions.ts';
import type { Upload } from './upload.ts';
import { fromRecord, toRecord, type UploadRecord } from './upload-database.ts';

/** What comes with a command and is not stored with the upload. */
export interface CommandPayload {
	file?: File | undefined;
	secrets?: Readonly<Record<string, string>> | undefined;
}

export type TabMessage =
	| { type: 'upload'; upload: Upload }
	| { type: 'removed'; id: string }
	/** For the tab that drives the upload. */
	| { type: 'command'; id: string; command: Command; payload: CommandPayload };

/** A message on the wire. Its names are those of older releases, which may run in another tab. */
type WireMessage =
	| { type: 'work'; work: UploadRecord }
	| { type: 'removed'; id: string }
	| { type: 'command'; id: string; command: Command; given: CommandPayload };

function toWire(message: TabMessage): WireMessage {
	switch (message.type) {
		case 'upload':
			return { type: 'work', work: toRecord(message.upload) };
		case 'removed':
			return message;
		case 'command':
			return { type: 'command', id: message.id, command: message.command, given: message.payload };
	}
}

function fromWire(message: WireMessage): TabMessage {
	switch (message.type) {
		case 'work':
			return { type: 'upload', upload: fromRecord(message.work) };
		case 'removed':
			return message;
		case 'command':
			return { type: 'command', id: message.id, command: message.command, payload: message.given };
	}
}

/** Joins the channel of this browser's tabs. A tab does not receive its own messages. */
export function joinTabs(onMessage: (message: TabMessage) => void): { post(message: TabMessage): void } {
	const channel = new BroadcastChannel('creatorr.works');
	channel.onmessage = ({ data }: MessageEvent<WireMessage>) => onMessage(fromWire(data));
	return { post: (message) => channel.postMessage(toWire(message)) };
}

/**
 * Locks shared by all tabs. Pages without TLS have none. There each tab drives every upload: the API's state stays right,
 * because keys and ids are the same in all tabs, but work is done twice and tabs may differ in what they show.
 */
const locks: LockManager | undefined = globalThis.navigator?.locks;

/** Calls back once this tab has the lock. The tab keeps it until the returned function is called. */
export function requestLock(name: string, onHeld: () => void): () => void {
	if (!locks) {
		queueMicrotask(onHeld);
		return () => {};
	}
	const waiting = new AbortController();
	let release = () => waiting.abort();
	locks
		.request(name, { signal: waiting.signal }, () => {
			const { promise, resolve } = Promise.withResolvers<void>();
			release = resolve;
			onHeld();
			return promise;
		})
		// aborted before this tab had the lock
		.catch(() => {});
	return () => release();
}

/** Acquires one of `count` slots shared by all tabs. Returns its release function, or undefined when all are taken. */
export async function acquireSlot(name: string, count: number): Promise<(() => void) | undefined> {
	if (!locks) return () => {};
	for (let slot = 0; slot < count; slot += 1) {
		const release = await tryLock(locks, `${name}.${slot}`);
		if (release) return release;
	}
	return undefined;
}

function tryLock(manager: LockManager, name: string): Promise<(() => void) | undefined> {
	return new Promise((acquired, failed) => {
		manager
			.request(name, { ifAvailable: true }, (lock) => {
				if (!lock) return acquired(undefined);
				const { promise, resolve } = Promise.withResolvers<void>();
				acquired(resolve);
				return promise;
			})
			.catch(failed);
	});
}
