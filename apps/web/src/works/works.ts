import type { ApiClient } from '../api/client.ts';
import type { SessionState } from '../api/session.ts';
import type { WorkDatabase } from './database.ts';
import { createEngine } from './engine.ts';
import { createFileKeeper } from './file-keeper.ts';
import type { World } from './hold.ts';
import { newId } from './new-id.ts';
import { type Beginning, newWork, workAgain } from './new-work.ts';
import { isOf, isStale, toAdopt, toForget } from './ownership.ts';
import { type Given, joinTabs, type TabMessage } from './tabs.ts';
import { type Command, next, type WorkEvent } from './transitions.ts';
import { isOver, jobStateOf, type Source, type Work } from './work.ts';

interface WorksDeps {
	api: ApiClient;
	database: WorkDatabase;
	session: { get(): SessionState; subscribe(listener: () => void): () => void };
	/** A work of this user got its job, or its job ended: lists that were asked for before are out of date. */
	onJobChange(userId: string): void;
}

/** All that is on its way, for the whole app and all its tabs. */
export interface Works {
	/** One's own, the newest first; the same array until something changes. */
	all(): readonly Work[];
	world(): World;
	subscribe(listener: () => void): () => void;
	add(files: readonly File[], beginning: Beginning): void;
	/** Runs the tool once more on what is there already. */
	again(work: Work, beginning: Beginning): void;
	command(id: string, command: Command, given?: Given): void;
	/** Takes one that is over out of sight. What it made stays where it is. */
	remove(id: string): void;
	/** What it made is no longer kept. */
	outputGone(id: string): void;
	/** The bytes of a source, where this device has them. */
	file(source: Source): Promise<File | undefined>;
}

export function createWorks({ api, database, session, onJobChange }: WorksDeps): Works {
	const files = createFileKeeper(database);
	const works = new Map<string, Work>();
	const secretsByWork = new Map<string, Beginning['secrets']>();
	/** Works that only this tab knows of: no other may drive them, as it has neither their files nor their secrets. */
	const unannounced = new Set<string>();
	/** Commands of this tab that no tab has acted on, as far as this one knows: nobody may drive the work yet. */
	const pendingCommands = new Map<string, { command: Command; given: Given }[]>();
	const listeners = new Set<() => void>();
	let world = lookAround();
	let shown: readonly Work[] = [];

	const tabs = joinTabs(hear);
	const engine = createEngine({
		api,
		works,
		files,
		world: () => world,
		secretsOf: (id) => secretsByWork.get(id) ?? {},
		report: apply,
		onLockHeld,
	});

	/** From now on no other tab changes the work. */
	async function onLockHeld(id: string): Promise<void> {
		const own = unannounced.delete(id) ? works.get(id) : undefined;
		if (own) put(own);
		else {
			const kept = await database.work(id);
			if (kept && works.has(id)) show(kept);
		}
		for (const { command, given } of pendingCommands.get(id) ?? []) carryOut(id, command, given);
		pendingCommands.delete(id);
		const work = works.get(id);
		if (work) adopt([work]);
	}

	function lookAround(): World {
		const state = session.get();
		return { userId: state.kind === 'in' ? state.user.id : null, isOnline: navigator.onLine };
	}

	function person() {
		const state = session.get();
		return state.kind === 'out' ? undefined : state.user;
	}

	function changed(): void {
		const own = [...works.values()].filter((work) => isOf(work, person()));
		shown = own.sort((one, other) => other.createdAt - one.createdAt);
		engine.update();
		for (const listener of listeners) listener();
	}

	/** As another tab, or the database, tells it. */
	function show(work: Work): void {
		const before = works.get(work.id);
		works.set(work.id, work);
		changed();
		const isNews = jobStateOf(work) !== (before ? jobStateOf(before) : 'none');
		if (isNews && work.userId !== null) onJobChange(work.userId);
	}

	/** As this tab decides it. How far it is changes often, and is known again after a reload: that is not kept. */
	function put(work: Work, { isProgress = false } = {}): void {
		if (!unannounced.has(work.id)) {
			if (!isProgress) void database.putWork(work);
			tabs.post({ type: 'work', work });
		}
		show(work);
	}

	/** Stores a new work, for a reload right after, and shows it here. Other tabs learn of it once this one holds its lock: see onLockHeld. */
	function begin(work: Work, secrets: Beginning['secrets']): void {
		unannounced.add(work.id);
		secretsByWork.set(work.id, secrets);
		void database.putWork(work);
		put(work);
	}

	function apply(id: string, event: WorkEvent): void {
		const before = works.get(id);
		const after = before && next(before, event);
		if (!after || after === before) return;
		const isSameStage = after.stage.kind === before.stage.kind;
		put(after, { isProgress: isSameStage && (event.type === 'sent' || event.type === 'job') });
	}

	function forget(work: Work): void {
		works.delete(work.id);
		secretsByWork.delete(work.id);
		unannounced.delete(work.id);
		pendingCommands.delete(work.id);
		const isShared = [...works.values()].some(({ source }) => source.id === work.source.id);
		if (!isShared) void files.forget(work.source.id);
	}

	function carryOut(id: string, command: Command, { file, secrets }: Given): void {
		const work = works.get(id);
		if (!work) return;
		if (file) void files.keep(work.source.id, file);
		if (secrets) secretsByWork.set(id, { ...secretsByWork.get(id), ...secrets });
		apply(id, command);
		if (command.type === 'cancel') discardUpload(work);
	}

	/** Half a file is of no use to anybody, and counts as long as the store has it. */
	function discardUpload({ upload }: Work): void {
		if (!upload || upload.isDone) return;
		// should it fail, the store forgets it by itself, later
		void api.files.delete(upload.fileId).catch(() => {});
	}

	function hear(message: TabMessage): void {
		switch (message.type) {
			case 'work':
				// whoever tells it drives it, and hears commands
				pendingCommands.delete(message.work.id);
				if (!engine.drives(message.work.id)) show(message.work);
				return;
			case 'removed': {
				const work = works.get(message.id);
				if (work) forget(work);
				changed();
				return;
			}
			case 'command':
				if (engine.drives(message.id)) carryOut(message.id, message.command, message.given);
		}
	}

	function settleOwners(): void {
		world = lookAround();
		for (const work of toForget([...works.values()], person())) {
			forget(work);
			void database.removeWork(work.id);
		}
		// of a work that another tab drives, this one may have an older copy
		adopt([...works.values()].filter((work) => isOver(work) || engine.drives(work.id)));
		changed();
	}

	function adopt(candidates: readonly Work[]): void {
		const { userId } = world;
		if (userId === null) return;
		for (const work of toAdopt(candidates)) apply(work.id, { type: 'adopted', userId });
	}

	async function load(): Promise<void> {
		for (const work of await database.works()) {
			if (isStale(work, Date.now())) {
				void database.removeWork(work.id);
				void database.removeFile(work.source.id);
			} else if (!works.has(work.id)) works.set(work.id, work);
		}
		settleOwners();
	}

	session.subscribe(settleOwners);
	addEventListener('online', settleOwners);
	addEventListener('offline', settleOwners);
	void load();

	return {
		all: () => shown,
		world: () => world,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		add(given, beginning) {
			for (const file of given) {
				const source: Source = {
					id: newId(),
					name: file.name,
					sizeBytes: file.size,
					mimeType: file.type || 'application/octet-stream',
					lastModified: file.lastModified,
				};
				void files.keep(source.id, file);
				begin(newWork(source, beginning, person()?.id ?? null), beginning.secrets);
			}
		},
		again: (work, beginning) => begin(workAgain(work, beginning), beginning.secrets),
		command(id, command, given = {}) {
			const work = works.get(id);
			if (!work) return;
			if (engine.drives(id)) return carryOut(id, command, given);
			pendingCommands.set(id, [...(pendingCommands.get(id) ?? []), { command, given }]);
			// no tab drives one that is over: this one does, before another hears that it goes on
			if (isOver(work)) engine.claim(id);
			else tabs.post({ type: 'command', id, command, given });
		},
		remove(id) {
			const work = works.get(id);
			if (!work || !isOver(work)) return;
			forget(work);
			void database.removeWork(id);
			tabs.post({ type: 'removed', id });
			changed();
		},
		outputGone: (id) => apply(id, { type: 'output', output: 'gone' }),
		file: (source) => files.find(source.id),
	};
}
