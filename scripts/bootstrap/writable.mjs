import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from './fail.mjs';

/** Ends with a sentence when a directory can neither be written nor made. */
export function requireWritable(directory) {
	let existing = directory;
	while (!existsSync(existing)) existing = dirname(existing);
	try {
		accessSync(existing, constants.W_OK);
	} catch {
		fail(
			`${directory} cannot be written, and npm and pnpm keep what they download there: set HOME to a directory of yours.`,
		);
	}
}
