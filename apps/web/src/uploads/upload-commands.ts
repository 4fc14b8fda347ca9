import type { ApiClient } from '../api/client.ts';
import type { FileCache } from './file-cache.ts';
import type { TabStates } from './tab-states.ts';
import type { CommandPayload, TabMessage } from './tabs.ts';
import type { Command } from './transitions.ts';
import { hasEnded, type Upload } from './upload.ts';
import type { UploadCollection } from './upload-collection.ts';
import type { UploadEngine } from './upload-engine.ts';

interface CommandDeps {
	api: ApiClient;
	files: FileCache;
	tabStates: TabStates;
	collection: UploadCollection;
	engine: UploadEngine;
	post(message: TabMessage): void;
}

/** Commands of the user: the tab that drives an upload executes them. */
export interface UploadCommands {
	/** Executes a command, or leaves it to the tab that drives the upload. */
	send(id: string, command: Command, payload: CommandPayload): void;
	execute(id: string, command: Command, payload: CommandPayload): void;
	/** Executes the commands that were given before this tab drove the upload. */
	executePending(id: string): void;
}

export function createUploadCommands(deps: CommandDeps): UploadCommands {
	const { files, tabStates, collection, engine } = deps;

	function execute(id: string, command: Command, { file, secrets }: CommandPayload): void {
		const upload = collection.byId.get(id);
		if (!upload) return;
		if (file) void files.put(upload.source.id, file);
		if (secrets) tabStates.update(id, { secrets: { ...tabStates.get(id).secrets, ...secrets } });
		collection.apply(id, command);
		if (command.type === 'cancel') deletePartialFile(deps.api, upload);
	}

	return {
		execute,
		send(id, command, payload) {
			const upload = collection.byId.get(id);
			if (!upload) return;
			if (engine.drives(id)) return execute(id, command, payload);
			const pendingCommands = [...tabStates.get(id).pendingCommands, { command, payload }];
			tabStates.update(id, { pendingCommands });
			// no tab drives a finished upload: this one claims it before others learn that it restarts
			if (hasEnded(upload)) engine.claim(id);
			else deps.post({ type: 'command', id, command, payload });
		},
		executePending(id) {
			if (!collection.byId.has(id)) return;
			for (const { command, payload } of tabStates.get(id).pendingCommands) execute(id, command, payload);
			tabStates.update(id, { pendingCommands: [] });
		},
	};
}

/** A partly sent file counts against the storage limit until it is deleted. */
function deletePartialFile(api: ApiClient, { remoteFile }: Upload): void {
	if (!remoteFile || remoteFile.isDone) return;
	// if this fails, the API deletes the file when its upload URL expires
	void api.files.delete(remoteFile.fileId).catch(() => {});
}
