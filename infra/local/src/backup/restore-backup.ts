import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { DIRECTORIES, FILES, SECRETS } from './backup-files.ts';
import { copyTree } from './copy-tree.ts';

const RESTORING = 'data.restoring';

/** Whether a restore into this home was cut short: to be begun anew, before anything starts on what is not there. */
export function isHalfRestored(home: Home): boolean {
	return existsSync(join(home.root, RESTORING));
}

/**
 * Puts a backup into a home that has nothing yet; the backup stays as it is. All data appears at once, at the end.
 * @throws StartError when the home has data, or secrets that servers elsewhere rely on
 */
export async function restoreBackup(source: string, home: Home, stop?: AbortSignal): Promise<void> {
	if (readdirSync(home.data).length > 0) {
		throw new StartError(
			`${home.root} already has data. Set CREATORR_HOME to a directory that doesn’t exist, or delete all data with \`npm run reset\`.`,
		);
	}
	requireOwnSecrets(source, home);
	const restoring = join(home.root, RESTORING);
	rmSync(restoring, { recursive: true, force: true });
	try {
		for (const name of DIRECTORIES) {
			const from = join(source, name);
			if (existsSync(from)) await copyTree(from, join(restoring, name), { stop });
		}
	} catch (error) {
		rmSync(restoring, { recursive: true, force: true });
		throw error;
	}
	for (const name of FILES) await copyFile(join(source, name), join(home.root, name));
	rmdirSync(home.data);
	renameSync(restoring, home.data);
}

/** With all its servers elsewhere a home has no data, and what is encrypted there can be read with its secrets alone. */
function requireOwnSecrets(source: string, home: Home): void {
	const [own, others] = [home.root, source].map((root) => join(root, SECRETS));
	if (own === undefined || others === undefined || !existsSync(own)) return;
	if (readFileSync(own).equals(readFileSync(others))) return;
	throw new StartError(
		`${own} belongs to another product, whose servers may need it. Set CREATORR_HOME to a directory that doesn’t exist, or delete the file.`,
	);
}
