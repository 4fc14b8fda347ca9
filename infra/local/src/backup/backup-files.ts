import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from '../supervisor/start-error.ts';

/** What a backup has, by name; the same names in a home. `ports.json`: presigned URLs and clients find their addresses again. */
export const DIRECTORIES = ['postgres', 's3', 'stripe'] as const;
export const SECRETS = 'secrets.json';
export const FILES = [SECRETS, 'ports.json'] as const;

const noteSchema = z.object({ madeAt: z.iso.datetime(), of: z.string() });

/** Written last: a directory without it is no whole backup. */
export const NOTE = 'backup.json';
export type Note = z.infer<typeof noteSchema>;

/** @throws StartError when the directory has no whole backup */
export function readNote(directory: string): Note {
	try {
		return noteSchema.parse(JSON.parse(readFileSync(join(directory, NOTE), 'utf8')));
	} catch {
		throw new StartError(
			`${directory} has no complete backup. Pass the directory that \`npm run backup\` created.`,
		);
	}
}
