import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { type Home, openHome } from '../supervisor/home.ts';

/** Creates a directory for each test of a file, and removes it afterwards. Returns a function that returns the current path. */
export function temporaryDirectory(): () => string {
	let directory: string;
	beforeEach(() => {
		directory = realpathSync(mkdtempSync(join(tmpdir(), 'creatorr-test-')));
	});
	afterEach(() => rmSync(directory, { recursive: true }));
	return () => directory;
}

/** Creates a home for each test of a file, and removes it afterwards. Returns a function that returns the current home. */
export function temporaryHome(): () => Home {
	const directory = temporaryDirectory();
	return () => openHome(directory());
}
