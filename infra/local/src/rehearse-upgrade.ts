import { packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { lastRelease, rehearseUpgrade } from './rehearsals/upgrade.ts';
import { runCommand } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

/** Runs an older version, the last release unless a commit is named, on the tables of this one. */
await runCommand(async (stop) => {
	const home = openHome(readSettings(process.env, []).homePath);
	await installPackages(packagesToStart({ ownBroker: true }), home);
	await requireUserNamespaces();
	await rehearseUpgrade(process.argv[2] ?? lastRelease(), stop);
	return stop.aborted ? 130 : 0;
});
