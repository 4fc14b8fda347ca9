import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packagesToBench } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand } from './stack/command.ts';
import { REPOSITORY, readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

const MAIN = join(REPOSITORY, 'bench', 'src', 'main.ts');

/** Gets the machine ready, then is bench/src/main.ts. */
await runCommand(async (stop) => {
	// a flood runs no tools
	if (process.argv[2] !== 'flood') {
		await installPackages(packagesToBench(), openHome(readSettings(process.env, []).homePath));
		await requireUserNamespaces();
	}
	const child = spawn(process.execPath, [MAIN, ...process.argv.slice(2)], { stdio: 'inherit' });
	stop.addEventListener('abort', () => child.kill('SIGTERM'));
	const [code] = await once(child, 'exit');
	return code ?? 1;
});
