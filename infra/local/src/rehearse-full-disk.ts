import { spawnSync } from 'node:child_process';
import { packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { rehearseFullDisk } from './rehearsals/full-disk.ts';
import { runCommand } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

/** Set for the run inside the namespace. */
const MARK = 'CREATORR_MOUNT_NAMESPACE';

/** Fills the disk under a product and frees it again. */
await runCommand(async (stop) => {
	if (process.env[MARK] === undefined) return runInMountNamespace();
	await rehearseFullDisk(stop);
	return stop.aborted ? 130 : 0;
});

/** The disk is mounted where no other process sees it, and is gone when the last process of the rehearsal has ended. */
async function runInMountNamespace(): Promise<number> {
	const home = openHome(readSettings(process.env, []).homePath);
	await installPackages(packagesToStart({ ownBroker: true }), home);
	await requireUserNamespaces();
	const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
	const { status } = spawnSync(
		'unshare',
		['--mount', ...asRoot, process.execPath, ...process.execArgv, import.meta.filename],
		{ stdio: 'inherit', env: { ...process.env, [MARK]: '1' } },
	);
	return status ?? 1;
}
