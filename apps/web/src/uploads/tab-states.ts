import type { CommandPayload } from './tabs.ts';
import type { Command } from './transitions.ts';
import type { JobRequest } from './upload.ts';

/** What only this tab knows of an upload. It is never stored. */
export interface TabState {
	secrets: JobRequest['secrets'];
	/** Other tabs don't know the upload yet: only this tab has its file and secrets. */
	isUnannounced: boolean;
	/** Commands that no tab has executed yet, as far as this tab knows. Perhaps no tab drives the upload. */
	pendingCommands: readonly { command: Command; payload: CommandPayload }[];
}

/** The tab states of uploads, by upload id. */
export interface TabStates {
	get(id: string): Readonly<TabState>;
	update(id: string, change: Partial<TabState>): void;
	delete(id: string): void;
}

const EMPTY: TabState = { secrets: {}, isUnannounced: false, pendingCommands: [] };

export function createTabStates(): TabStates {
	const states = new Map<string, TabState>();
	const get = (id: string) => states.get(id) ?? EMPTY;
	return {
		get,
		update: (id, change) => void states.set(id, { ...get(id), ...change }),
		delete: (id) => void states.delete(id),
	};
}
