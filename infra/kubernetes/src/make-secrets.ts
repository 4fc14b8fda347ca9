import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeSecrets, publicIdentityKeys } from '../../local/src/backing/make-secrets.ts';
import {
	localVariables,
	MissingVariablesError,
	OPTIONAL_VARIABLES,
	REQUIRED_VARIABLES,
	readProvidedVariables,
	secretsOf,
} from './secrets.ts';

const HELP = `Writes the Secrets and the ConfigMap that the overlays refer to and do not contain.

  node infra/kubernetes/src/make-secrets.ts FILE            required: ${REQUIRED_VARIABLES.join(', ')}
                                                            optional: ${OPTIONAL_VARIABLES.join(', ')}
  node infra/kubernetes/src/make-secrets.ts FILE --local    for the overlay local; reads no variables

Then: kubectl apply --namespace creatorr --filename FILE

FILE must not exist: it holds random keys, and new ones would invalidate every token and every sealed parameter. Keep a copy of it.
`;

class UsageError extends Error {}

/** Imports only modules of Node and files of the repository by path, because it runs before dependencies are installed. */
function main(): void {
	const { values, positionals } = parseArgs({
		options: { local: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
		allowPositionals: true,
	});
	if (values.help) return void process.stdout.write(HELP);
	const [file, ...more] = positionals;
	if (file === undefined || more.length > 0) throw new UsageError('Pass one file to write. See --help.');
	const generated = makeSecrets();
	const provided = values.local ? localVariables(generated) : readProvidedVariables(process.env);
	const list = secretsOf(generated, publicIdentityKeys(generated), provided);
	writeNew(file, `${JSON.stringify(list, null, 2)}\n`);
	process.stdout.write(`Wrote ${file}. Next: kubectl apply --namespace creatorr --filename ${file}\n`);
}

/** Writes the whole file or nothing, readable only by its owner. Throws if the file exists. */
function writeNew(path: string, text: string): void {
	const temporary = `${path}.${process.pid}.new`;
	writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
	try {
		linkSync(temporary, path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		throw new UsageError(`${path} already exists and was not changed: its keys are in use.`);
	} finally {
		rmSync(temporary);
	}
}

try {
	main();
} catch (error) {
	if (!(error instanceof MissingVariablesError) && !(error instanceof UsageError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}
