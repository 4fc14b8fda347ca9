import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { composeVariables, envFile } from './compose-env.ts';

const HEADER = `# Secrets and settings of this installation, read by docker compose. Keep a copy in a safe place: without it,
# the data in the volumes can't be read. Settings that docs/deploy.md doesn't list go into settings.env.
`;

// Only Node's own modules, and files of the repository by their paths: this runs before anything is installed.
const path = resolve(import.meta.dirname, '../../..', '.env');
if (existsSync(path)) {
	process.stderr.write(
		`${path} already exists and was not changed: the data in the volumes needs its secrets.\n`,
	);
	process.exitCode = 1;
} else {
	writeFileSync(path, HEADER + envFile(composeVariables(makeSecrets())), { mode: 0o600, flag: 'wx' });
	process.stdout.write(`Created ${path}. Next: docker compose up --build --detach\n`);
}
