import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packagesToBench } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand } from './stack/command.ts';
import { REPOSITORY, readSettings } from './stack/settings.ts';
import { openHome } from './supervisor/home.ts';

const MAIN = join(REPOSITORY, 'packages', 'tools', 'hostile', 'main.ts');

/** Gets the machine ready, then is packages/tools/hostile/main.ts. */
await runCommand(async (stop) => {
	await installPackages(packagesToBench(), openHome(readSettings(process.env, []).homePath));
	await requireUserNamespaces();
	const child = spawn(process.execPath, [MAIN, ...process.argv.slice(2)], { stdio: 'inherit' });
	stop.addEventListener('abort', () => child.kill('SIGTERM'));
	const [code] = await once(child, 'exit');
	return code ?? 1;
});
