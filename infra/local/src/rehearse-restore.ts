import { packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { rehearseRestore } from './rehearsals/restore.ts';
import { runCommand } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

/** Loses all data of a product and restores it from its backup, with the commands that an operator has. */
await runCommand(async (stop) => {
	const home = openHome(readSettings(process.env, []).homePath);
	await installPackages(packagesToStart({ ownBroker: true }), home);
	await requireUserNamespaces();
	await rehearseRestore(stop);
	return stop.aborted ? 130 : 0;
});
