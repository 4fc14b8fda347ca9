import { requestLock } from './tabs.ts';
import type { Upload } from './upload.ts';

interface LockDeps {
	uploads: ReadonlyMap<string, Upload>;
	/** Whether some tab has to drive the upload. */
	isActive(upload: Upload): boolean;
	/** Awaited before this tab drives an upload whose lock it acquired: another tab may have driven it until then. */
	onLockHeld(id: string): Promise<void>;
	/** Called once this tab drives another upload. */
	onDriven(): void;
}

/** The uploads that this tab drives, by locks that all tabs share. */
interface UploadLocks {
	readonly driven: ReadonlySet<string>;
	/** Requests the locks of active uploads and releases the others. */
	update(): void;
	/** Treats a finished upload as active until this tab has its lock. */
	claim(id: string): void;
}

export function createUploadLocks({ uploads, isActive, onLockHeld, onDriven }: LockDeps): UploadLocks {
	/** Release functions of the locks that this tab has or waits for. */
	const requested = new Map<string, () => void>();
	const claimed = new Set<string>();
	const driven = new Set<string>();

	/** `releaseLock` identifies the request: while this tab waits, the lock may be released and requested again. */
	async function onAcquired(id: string, releaseLock: () => void): Promise<void> {
		await onLockHeld(id);
		if (requested.get(id) !== releaseLock) return;
		claimed.delete(id);
		driven.add(id);
		onDriven();
	}

	function request(id: string): void {
		// older releases, which may run in another tab, use the same lock name
		const name = `creatorr.work.${id}`;
		const releaseLock: () => void = requestLock(name, () => void onAcquired(id, releaseLock));
		requested.set(id, releaseLock);
	}

	function release(id: string): void {
		requested.get(id)?.();
		requested.delete(id);
		claimed.delete(id);
		driven.delete(id);
	}

	return {
		driven,
		update() {
			for (const upload of uploads.values()) {
				const { id } = upload;
				if (!claimed.has(id) && !isActive(upload)) release(id);
				else if (!requested.has(id)) request(id);
			}
			for (const id of requested.keys()) if (!uploads.has(id)) release(id);
		},
		claim: (id) => void claimed.add(id),
	};
}
