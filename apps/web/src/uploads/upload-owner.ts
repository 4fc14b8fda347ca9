import type { SessionState } from '../api/session.ts';
import type { UploadContext } from './next-effect.ts';
import { isStale, personOf, uploadsToAdopt, uploadsToDelete } from './ownership.ts';
import { hasEnded, type Upload } from './upload.ts';
import type { UploadCollection } from './upload-collection.ts';
import type { UploadDatabase } from './upload-database.ts';

interface OwnerDeps {
	session: { get(): SessionState };
	database: UploadDatabase;
	collection: UploadCollection;
	/** Whether this tab drives the upload. */
	drives(id: string): boolean;
	onChange(): void;
}

/** Gives uploads to the user who signs in, and forgets those of users who sign out. */
export interface UploadOwner {
	context(): UploadContext;
	/** Call it when the session or the network changed. */
	update(): void;
	/** Gives uploads without an owner to the user, if there is one. */
	adopt(candidates: readonly Upload[]): void;
	/** Loads the uploads that this device has stored. */
	load(): Promise<void>;
}

export function createUploadOwner({
	session,
	database,
	collection,
	drives,
	onChange,
}: OwnerDeps): UploadOwner {
	const uploads = collection.byId;
	let context = contextOf(session.get());

	function update(): void {
		context = contextOf(session.get());
		for (const upload of uploadsToDelete([...uploads.values()], personOf(session.get()))) {
			collection.forget(upload);
			void database.delete(upload.id);
		}
		// this tab's copy of an upload that another tab drives may be outdated
		adopt([...uploads.values()].filter((upload) => hasEnded(upload) || drives(upload.id)));
		onChange();
	}

	function adopt(candidates: readonly Upload[]): void {
		const { userId } = context;
		if (userId === null) return;
		for (const upload of uploadsToAdopt(candidates)) collection.apply(upload.id, { type: 'adopted', userId });
	}

	async function load(): Promise<void> {
		for (const upload of await database.list()) {
			if (isStale(upload, Date.now())) {
				void database.delete(upload.id);
				void database.deleteFile(upload.source.id);
			} else if (!uploads.has(upload.id)) collection.load(upload);
		}
		update();
	}

	return { context: () => context, update, adopt, load };
}

function contextOf(state: SessionState): UploadContext {
	return { userId: state.kind === 'in' ? state.user.id : null, isOnline: navigator.onLine };
}
