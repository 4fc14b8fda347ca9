import type { SessionState } from '../api/session.ts';
import { isOwnedBy, personOf } from './ownership.ts';
import type { Upload } from './upload.ts';

/** The uploads that the user sees. */
interface OwnUploads {
	/** Returns them newest first; the same array until something changes. */
	list(): readonly Upload[];
	subscribe(listener: () => void): () => void;
	/** Call it when uploads or the session changed. */
	update(): void;
}

export function createOwnUploads(
	uploads: ReadonlyMap<string, Upload>,
	session: { get(): SessionState },
): OwnUploads {
	const listeners = new Set<() => void>();
	let own: readonly Upload[] = [];
	return {
		list: () => own,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		update() {
			const person = personOf(session.get());
			own = [...uploads.values()]
				.filter((upload) => isOwnedBy(upload, person))
				.sort((one, other) => other.createdAt - one.createdAt);
			for (const listener of listeners) listener();
		},
	};
}
