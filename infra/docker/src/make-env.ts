import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { composeVariables, envFile } from './compose-env.ts';
import { extendEnv } from './extend-env.ts';

const HEADER = `# Secrets and settings of this installation, read by docker compose. Keep a copy in a safe place: without it,
# the data in the volumes can't be read. Settings that docs/deploy.md doesn't list go into settings.env.
`;

// Only Node's own modules, and files of the repository by their paths: this runs before anything is installed.
const path = resolve(import.meta.dirname, '../../..', '.env');
const made = composeVariables(makeSecrets());
if (existsSync(path)) {
	const before = readFileSync(path, 'utf8');
	const text = extendEnv(before, made);
	if (text === before) {
		process.stderr.write(
			`${path} already has all secrets and was not changed: the data in the volumes needs them.\n`,
		);
		process.exitCode = 1;
	} else {
		// under another name first, so that a full disk never leaves half a file
		writeFileSync(`${path}.new`, text, { mode: 0o600 });
		renameSync(`${path}.new`, path);
		process.stdout.write(`Added the secrets that ${path} lacked. Its other lines are unchanged.\n`);
	}
} else {
	writeFileSync(path, HEADER + envFile(made), { mode: 0o600, flag: 'wx' });
	process.stdout.write(`Created ${path}. Next: docker compose up --build --detach\n`);
}
