import type { ApiClient } from '../api/client.ts';
import type { SessionState } from '../api/session.ts';
import { createFileCache } from './file-cache.ts';
import type { UploadContext } from './next-effect.ts';
import { isOf, isStale, toAdopt, toForget } from './ownership.ts';
import { type CommandPayload, joinTabs, type TabMessage } from './tabs.ts';
import { type Command, transition, type UploadEvent } from './transitions.ts';
import {
	createUpload,
	isOver,
	type JobRequest,
	jobStateOf,
	newId,
	rerunUpload,
	type Source,
	type Upload,
} from './upload.ts';
import type { UploadDatabase } from './upload-database.ts';
import { createUploadEngine } from './upload-engine.ts';

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
	remove(id: string): void;
	markOutputGone(id: string): void;
	/** Returns the bytes of a source that this device still has. */
	fileOf(source: Source): Promise<File | undefined>;
}

export function createUploadStore({ api, database, session, onJobChange }: UploadStoreDeps): UploadStore {
	const files = createFileCache(database);
	const uploads = new Map<string, Upload>();
	const secretsByUpload = new Map<string, JobRequest['secrets']>();
	/** Uploads that other tabs don't know yet: only this tab has their files and secrets. */
	const unannounced = new Set<string>();
	/** Commands that, as far as this tab knows, no tab has acted on: maybe no tab drives the upload yet. */
	const pendingCommands = new Map<string, { command: Command; payload: CommandPayload }[]>();
	const listeners = new Set<() => void>();
	let context = readContext();
	let shown: readonly Upload[] = [];

	const tabs = joinTabs(onTabMessage);
	const engine = createUploadEngine({
		api,
		uploads,
		files,
		context: () => context,
		secretsOf: (id) => secretsByUpload.get(id) ?? {},
		report: apply,
		onLockHeld,
	});

	/** From here on no other tab changes the upload. */
	async function onLockHeld(id: string): Promise<void> {
		const own = unannounced.delete(id) ? uploads.get(id) : undefined;
		if (own) save(own);
		else {
			const stored = await database.get(id);
			if (stored && uploads.has(id)) show(stored);
		}
		for (const { command, payload } of pendingCommands.get(id) ?? []) execute(id, command, payload);
		pendingCommands.delete(id);
		const upload = uploads.get(id);
		if (upload) adopt([upload]);
	}

	function readContext(): UploadContext {
		const state = session.get();
		return { userId: state.kind === 'in' ? state.user.id : null, isOnline: navigator.onLine };
	}

	function person() {
		const state = session.get();
		return state.kind === 'out' ? undefined : state.user;
	}

	function onChange(): void {
		const own = [...uploads.values()].filter((upload) => isOf(upload, person()));
		shown = own.sort((one, other) => other.createdAt - one.createdAt);
		engine.update();
		for (const listener of listeners) listener();
	}

	/** Takes over an upload's state from another tab or the database. */
	function show(upload: Upload): void {
		const before = uploads.get(upload.id);
		uploads.set(upload.id, upload);
		onChange();
		const isJobChanged = jobStateOf(upload) !== (before ? jobStateOf(before) : 'none');
		if (isJobChanged && upload.userId !== null) onJobChange(upload.userId);
	}

	/** Stores, announces and shows this tab's change. Progress is not stored: it changes often and is known again after a reload. */
	function save(upload: Upload, { isProgress = false } = {}): void {
		if (!unannounced.has(upload.id)) {
			if (!isProgress) void database.put(upload);
			tabs.post({ type: 'upload', upload });
		}
		show(upload);
	}

	/** Stores a new upload at once, in case of a reload. Other tabs learn of it when this tab holds its lock: see onLockHeld. */
	function begin(upload: Upload, secrets: JobRequest['secrets']): void {
		unannounced.add(upload.id);
		secretsByUpload.set(upload.id, secrets);
		void database.put(upload);
		save(upload);
	}

	function apply(id: string, event: UploadEvent): void {
		const before = uploads.get(id);
		const after = before && transition(before, event);
		if (!after || after === before) return;
		const isSameStage = after.stage.kind === before.stage.kind;
		save(after, { isProgress: isSameStage && (event.type === 'sent' || event.type === 'job') });
	}

	function forget(upload: Upload): void {
		uploads.delete(upload.id);
		secretsByUpload.delete(upload.id);
		unannounced.delete(upload.id);
		pendingCommands.delete(upload.id);
		const isShared = [...uploads.values()].some(({ source }) => source.id === upload.source.id);
		if (!isShared) void files.delete(upload.source.id);
	}

	function execute(id: string, command: Command, { file, secrets }: CommandPayload): void {
		const upload = uploads.get(id);
		if (!upload) return;
		if (file) void files.put(upload.source.id, file);
		if (secrets) secretsByUpload.set(id, { ...secretsByUpload.get(id), ...secrets });
		apply(id, command);
		if (command.type === 'cancel') deletePartialFile(upload);
	}

	/** A partly sent file counts against the storage limit until it is deleted. */
	function deletePartialFile({ remoteFile }: Upload): void {
		if (!remoteFile || remoteFile.isDone) return;
		// if this fails, the API deletes the file when its upload URL expires
		void api.files.delete(remoteFile.fileId).catch(() => {});
	}

	function onTabMessage(message: TabMessage): void {
		switch (message.type) {
			case 'upload':
				// the sender drives the upload and receives commands
				pendingCommands.delete(message.upload.id);
				if (!engine.drives(message.upload.id)) show(message.upload);
				return;
			case 'removed': {
				const upload = uploads.get(message.id);
				if (upload) forget(upload);
				onChange();
				return;
			}
			case 'command':
				if (engine.drives(message.id)) execute(message.id, message.command, message.payload);
		}
	}

	function updateContext(): void {
		context = readContext();
		for (const upload of toForget([...uploads.values()], person())) {
			forget(upload);
			void database.delete(upload.id);
		}
		// this tab's copy of an upload that another tab drives may be outdated
		adopt([...uploads.values()].filter((upload) => isOver(upload) || engine.drives(upload.id)));
		onChange();
	}

	function adopt(candidates: readonly Upload[]): void {
		const { userId } = context;
		if (userId === null) return;
		for (const upload of toAdopt(candidates)) apply(upload.id, { type: 'adopted', userId });
	}

	async function load(): Promise<void> {
		for (const upload of await database.list()) {
			if (isStale(upload, Date.now())) {
				void database.delete(upload.id);
				void database.deleteFile(upload.source.id);
			} else if (!uploads.has(upload.id)) uploads.set(upload.id, upload);
		}
		updateContext();
	}

	session.subscribe(updateContext);
	addEventListener('online', updateContext);
	addEventListener('offline', updateContext);
	void load();

	return {
		list: () => shown,
		context: () => context,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		add(added, request) {
			for (const file of added) {
				const source = sourceOf(file);
				void files.put(source.id, file);
				begin(createUpload(source, request, person()?.id ?? null), request.secrets);
			}
		},
		rerun: (upload, request) => begin(rerunUpload(upload, request), request.secrets),
		command(id, command, payload = {}) {
			const upload = uploads.get(id);
			if (!upload) return;
			if (engine.drives(id)) return execute(id, command, payload);
			pendingCommands.set(id, [...(pendingCommands.get(id) ?? []), { command, payload }]);
			// no tab drives a finished upload: this one claims it before others learn that it restarts
			if (isOver(upload)) engine.claim(id);
			else tabs.post({ type: 'command', id, command, payload });
		},
		remove(id) {
			const upload = uploads.get(id);
			if (!upload || !isOver(upload)) return;
			forget(upload);
			void database.delete(id);
			tabs.post({ type: 'removed', id });
			onChange();
		},
		markOutputGone: (id) => apply(id, { type: 'output', output: 'gone' }),
		fileOf: (source) => files.get(source.id),
	};
}

function sourceOf(file: File): Source {
	return {
		id: newId(),
		name: file.name,
		sizeBytes: file.size,
		mimeType: file.type || 'application/octet-stream',
		lastModified: file.lastModified,
	};
}
