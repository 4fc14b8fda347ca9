import { rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file of the scratch directory for a command to read. Removes what lies there first, and never follows a link: a
 * command that ran before may have left one to a file of this machine.
 */
export async function writeNew(path: string, content: string): Promise<void> {
	await rm(path, { recursive: true, force: true });
	await writeFile(path, content, { flag: 'wx' });
}
