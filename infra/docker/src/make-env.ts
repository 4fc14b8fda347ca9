import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { composeVariables, envFile } from './compose-env.ts';

const HEADER = `# Secrets and settings of this installation, read by docker compose. Keep a copy in a safe place: without it
# the data in the volumes can't be read. What else may stand here: docs/deploy.md.
`;

// Only Node's own modules, and files of the repository by their paths: this runs before anything is installed.
const path = resolve(import.meta.dirname, '../../..', '.env');
if (existsSync(path)) {
	process.stderr.write(
		`${path} is there already and stays as it is: the data in the volumes needs its secrets.\n`,
	);
	process.exitCode = 1;
} else {
	writeFileSync(path, HEADER + envFile(composeVariables(makeSecrets())), { mode: 0o600, flag: 'wx' });
	process.stdout.write(`Made ${path}. Next: docker compose up --build --detach\n`);
}
