import { join } from 'node:path';
import { packagesToProcess } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { runCommand } from './stack/command.ts';
import { runScript } from './stack/run-script.ts';
import { REPOSITORY, readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

const MAIN = join(REPOSITORY, 'infra', 'licences', 'src', 'main.ts');

/** Gets the machine what workers run, then is infra/licences/src/main.ts, which lists what is there. */
await runCommand(async (stop) => {
	await installPackages(packagesToProcess(), openHome(readSettings(process.env, []).homePath));
	return await runScript(MAIN, { stop });
});
