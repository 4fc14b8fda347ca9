import type { ApiClient } from '../api/client.ts';
import type { SessionState } from '../api/session.ts';
import { createFileCache } from './file-cache.ts';
import type { UploadContext } from './next-effect.ts';
import { createOwnUploads } from './own-uploads.ts';
import { personOf } from './ownership.ts';
import { createTabStates } from './tab-states.ts';
import { createTabSync, type TabSync } from './tab-sync.ts';
import { type CommandPayload, joinTabs } from './tabs.ts';
import type { Command } from './transitions.ts';
import { createUploads, hasEnded, type JobRequest, rerunUpload, type Source, type Upload } from './upload.ts';
import { createUploadCollection } from './upload-collection.ts';
import { createUploadCommands } from './upload-commands.ts';
import type { UploadDatabase } from './upload-database.ts';
import { createUploadEngine } from './upload-engine.ts';
import { createUploadOwner } from './upload-owner.ts';

interface UploadStoreDeps {
	api: ApiClient;
	database: UploadDatabase;
	session: { get(): SessionState; subscribe(listener: () => void): () => void };
	/** A job of this user was created or ended: cached lists are out of date. */
	onJobChange(userId: string): void;
}

/** All uploads of this browser, in sync over its tabs. */
interface UploadStore {
	/** Returns the user's uploads, newest first; the same array until something changes. */
	list(): readonly Upload[];
	context(): UploadContext;
	subscribe(listener: () => void): () => void;
	add(files: readonly File[], request: JobRequest): void;
	/** Runs the tool again on the file of an upload. */
	rerun(upload: Upload, request: JobRequest): void;
	command(id: string, command: Command, payload?: CommandPayload): void;
	/** Removes a finished upload from the list. Its job and files stay in the API. */
	remove(id: string): Promise<void>;
	markOutputGone(id: string): void;
	/** Returns the bytes of a source that this device still has. */
	fileOf(source: Source): Promise<File | undefined>;
}

/** Creates the store, loads what the device has stored, and follows the session and the network. */
export function createUploadStore(deps: UploadStoreDeps): UploadStore {
	const parts = connectParts(deps);
	const { files, collection, own, owner, commands, post } = parts;
	deps.session.subscribe(owner.update);
	addEventListener('online', owner.update);
	addEventListener('offline', owner.update);
	void owner.load();
	return {
		list: own.list,
		context: owner.context,
		subscribe: own.subscribe,
		add(added, request) {
			const userId = personOf(deps.session.get())?.id ?? null;
			for (const [at, upload] of createUploads(added, request, { userId, now: Date.now() }).entries()) {
				void files.put(upload.source.id, added[at] as File);
				collection.begin(upload, request.secrets);
			}
		},
		rerun: (upload, request) => collection.begin(rerunUpload(upload, request), request.secrets),
		command: (id, command, payload = {}) => commands.send(id, command, payload),
		async remove(id) {
			const upload = collection.byId.get(id);
			if (!upload || !hasEnded(upload)) return;
			// No report stores it again from here on. It leaves the list once it is deleted, so that a reload doesn't bring it back.
			collection.forget(upload);
			await deps.database.delete(id);
			post({ type: 'removed', id });
			parts.onChange();
		},
		markOutputGone: (id) => collection.apply(id, { type: 'output', output: 'gone' }),
		fileOf: (source) => files.get(source.id),
	};
}

/** Creates the parts of the store, which call each other once all exist. */
function connectParts({ api, database, session, onJobChange }: UploadStoreDeps) {
	const files = createFileCache(database);
	const tabStates = createTabStates();
	const { post } = joinTabs((message) => sync.onMessage(message));
	function onChange(): void {
		engine.update();
		own.update();
	}
	const collection = createUploadCollection({ database, files, tabStates, post, onChange, onJobChange });
	const own = createOwnUploads(collection.byId, session);
	const drives = (id: string): boolean => engine.drives(id);
	const owner = createUploadOwner({ session, database, collection, drives, onChange });
	const engine = createUploadEngine({
		api,
		files,
		uploads: collection.byId,
		context: owner.context,
		secretsOf: (id) => tabStates.get(id).secrets,
		report: collection.apply,
		onLockHeld: (id) => sync.onLockHeld(id),
	});
	const commands = createUploadCommands({ api, files, tabStates, collection, engine, post });
	const sync: TabSync = createTabSync({ database, tabStates, collection, engine, commands, owner, onChange });
	return { files, collection, own, owner, commands, post, onChange };
}
