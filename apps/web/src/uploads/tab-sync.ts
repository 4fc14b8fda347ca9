import type { TabStates } from './tab-states.ts';
import type { TabMessage } from './tabs.ts';
import type { UploadCollection } from './upload-collection.ts';
import type { UploadCommands } from './upload-commands.ts';
import type { UploadDatabase } from './upload-database.ts';
import type { UploadEngine } from './upload-engine.ts';
import type { UploadOwner } from './upload-owner.ts';

interface SyncDeps {
	database: UploadDatabase;
	tabStates: TabStates;
	collection: UploadCollection;
	engine: UploadEngine;
	commands: UploadCommands;
	owner: UploadOwner;
	onChange(): void;
}

/** Keeps this tab's uploads the same as those of other tabs. */
export interface TabSync {
	onMessage(message: TabMessage): void;
	/** Brings an upload up to date once this tab has its lock: from here on no other tab changes it. */
	onLockHeld(id: string): Promise<void>;
}

export function createTabSync(deps: SyncDeps): TabSync {
	const { database, tabStates, collection, engine, commands, owner } = deps;
	const uploads = collection.byId;
	return {
		onMessage(message) {
			switch (message.type) {
				case 'upload':
					// the sender drives the upload and receives commands
					tabStates.update(message.upload.id, { pendingCommands: [] });
					if (!engine.drives(message.upload.id)) collection.show(message.upload);
					return;
				case 'removed': {
					const upload = uploads.get(message.id);
					if (upload) collection.forget(upload);
					deps.onChange();
					return;
				}
				case 'command':
					if (engine.drives(message.id)) commands.execute(message.id, message.command, message.payload);
			}
		},
		async onLockHeld(id) {
			const own = uploads.get(id);
			if (!own || !collection.announce(own)) {
				const stored = await database.get(id);
				if (stored && uploads.has(id)) collection.show(stored);
			}
			commands.executePending(id);
			const upload = uploads.get(id);
			if (upload) owner.adopt([upload]);
		},
	};
}
