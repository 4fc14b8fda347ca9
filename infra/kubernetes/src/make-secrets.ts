import { parseArgs } from 'node:util';
import { publicIdentityKeys } from '../../local/src/backing/identity-keys.ts';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { givenElsewhere, givenLocally, NotGiven, secretsOf } from './secrets.ts';

const HELP = `Prints what the overlays refer to and do not have: Secrets, and the ConfigMap of the services' public keys.

  node infra/kubernetes/src/make-secrets.ts [--local] | kubectl apply --namespace creatorr --filename -

Keys are made at random, anew with every call: keep what was printed the first time. What is yours comes from the environment;
what is missing is named. With --local it is what the overlay local needs.
`;

const { values } = parseArgs({
	options: { local: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

/** Only Node's own modules, and files of the repository by their paths: this runs before anything is installed. */
function main(): void {
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const made = makeSecrets();
	const given = values.local ? givenLocally(made) : givenElsewhere(process.env);
	const list = secretsOf(made, publicIdentityKeys(made), given);
	process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
}

try {
	main();
} catch (error) {
	if (!(error instanceof NotGiven)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}
