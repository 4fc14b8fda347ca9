import { globSync, readFileSync } from 'node:fs';
import type { Caller } from '../backing/secrets.ts';
import { readSettings } from '../stack/settings.ts';
import { findHome, type Home, pidFile } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { carriesMark } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';

/**
 * What the process was given when it was started; undefined when it has ended meanwhile, and its pid may be another's: a command
 * must not run with what that was given.
 */
export function environmentOf(home: Home, name: string): NodeJS.ProcessEnv | undefined {
	try {
		const pid = readFileSync(pidFile(home, name), 'utf8').trim();
		const environ = readFileSync(`/proc/${pid}/environ`, 'utf8');
		if (!carriesMark(environ, home.root)) return undefined;
		const entries = environ.split('\0').filter(Boolean);
		return Object.fromEntries(
			entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
		);
	} catch {
		return undefined;
	}
}

function replicasOf(home: Home, app: Caller): string[] {
	const names = globSync('*.pid', { cwd: home.run }).map((file) => file.replace(/\.pid$/, ''));
	return names.filter((name) => name.replace(/-\d+$/, '') === app);
}

/** The environment of an app that runs in the product of this home: any replica's, as they share all but a port. */
export async function environmentOfApp(app: Caller): Promise<NodeJS.ProcessEnv> {
	const { homePath } = readSettings(process.env, []);
	const home = findHome(homePath);
	if (!home || !(await askStatus(home.root)))
		throw new StartError(`creatorr isn’t running in ${homePath}. Start it with \`npm start\`.`);
	for (const name of replicasOf(home, app)) {
		const environment = environmentOf(home, name);
		if (environment) return environment;
	}
	throw new StartError(`${app} isn’t running. See \`npm run status\`.`);
}
