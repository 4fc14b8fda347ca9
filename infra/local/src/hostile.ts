import { join } from 'node:path';
import { packagesToBench } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand } from './stack/command.ts';
import { runScript } from './stack/run-script.ts';
import { REPOSITORY, readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

const MAIN = join(REPOSITORY, 'qa', 'hostile', 'main.ts');

/** Gets the machine ready, then is qa/hostile/main.ts. */
await runCommand(async (stop) => {
	await installPackages(packagesToBench(), openHome(readSettings(process.env, []).homePath));
	await requireUserNamespaces();
	return await runScript(MAIN, { stop });
});
