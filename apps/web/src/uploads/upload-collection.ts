import type { FileCache } from './file-cache.ts';
import type { TabStates } from './tab-states.ts';
import type { TabMessage } from './tabs.ts';
import { transition, type UploadEvent } from './transitions.ts';
import { type JobRequest, jobStateOf, type Upload } from './upload.ts';
import type { UploadDatabase } from './upload-database.ts';

interface CollectionDeps {
	database: UploadDatabase;
	files: FileCache;
	tabStates: TabStates;
	post(message: TabMessage): void;
	onChange(): void;
	/** A job of this user was created or ended: cached lists are out of date. */
	onJobChange(userId: string): void;
}

/** The uploads of this browser as this tab knows them. */
export interface UploadCollection {
	readonly byId: ReadonlyMap<string, Upload>;
	/** Adds an upload without storing, announcing or showing it. */
	load(upload: Upload): void;
	/** Takes over an upload's state from another tab or the database. */
	show(upload: Upload): void;
	/** Stores a new upload at once, in case of a reload. Other tabs learn of it by `announce`. */
	begin(upload: Upload, secrets: JobRequest['secrets']): void;
	/** Tells other tabs of a new upload. Returns false for an upload that they know. */
	announce(upload: Upload): boolean;
	/** Changes an upload by an event: in this tab, in others and on the device. */
	apply(id: string, event: UploadEvent): void;
	/** Removes an upload from this tab, with its file unless another upload needs it. */
	forget(upload: Upload): void;
}

export function createUploadCollection(deps: CollectionDeps): UploadCollection {
	const { database, files, tabStates } = deps;
	const uploads = new Map<string, Upload>();

	function show(upload: Upload): void {
		const before = uploads.get(upload.id);
		uploads.set(upload.id, upload);
		deps.onChange();
		const isJobChanged = jobStateOf(upload) !== (before ? jobStateOf(before) : 'none');
		if (isJobChanged && upload.userId !== null) deps.onJobChange(upload.userId);
	}

	/** Stores, announces and shows this tab's change. Progress is not stored: it changes often and is known again after a reload. */
	function save(upload: Upload, { isProgress = false } = {}): void {
		if (!tabStates.get(upload.id).isUnannounced) {
			if (!isProgress) void database.put(upload);
			deps.post({ type: 'upload', upload });
		}
		show(upload);
	}

	return {
		byId: uploads,
		load: (upload) => void uploads.set(upload.id, upload),
		show,
		begin(upload, secrets) {
			tabStates.update(upload.id, { secrets, isUnannounced: true });
			void database.put(upload);
			save(upload);
		},
		announce(upload) {
			if (!tabStates.get(upload.id).isUnannounced) return false;
			tabStates.update(upload.id, { isUnannounced: false });
			save(upload);
			return true;
		},
		apply(id, event) {
			const before = uploads.get(id);
			const after = before && transition(before, event);
			if (after && after !== before) save(after, { isProgress: isProgress(before, after, event) });
		},
		forget({ id, source }) {
			uploads.delete(id);
			tabStates.delete(id);
			const isShared = [...uploads.values()].some((other) => other.source.id === source.id);
			if (!isShared) void files.delete(source.id);
		},
	};
}

function isProgress(before: Upload, after: Upload, { type }: UploadEvent): boolean {
	return after.stage.kind === before.stage.kind && (type === 'sent' || type === 'job');
}
