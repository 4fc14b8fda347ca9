import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { say } from '../stack/command.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { createProduct, keepLogs } from './product.ts';

const ACTS = join(REPOSITORY, 'qa', 'rehearsals', 'restore', 'main.ts');

/** What differs from the defaults: passwords cost little, and rows and bytes are compared again at once. */
const SETTINGS = {
	BCRYPT_COST: '4',
	RECONCILE_INTERVAL_HOURS: '0.001',
};

/**
 * Starts a product, gives it data of every kind, backs it up while it works, kills it and removes its home; then restores into
 * another home, starts that and holds it against what was there. All by the commands of npm.
 * @throws when any of it does not succeed; logs are kept then
 */
export async function rehearseRestore(stop: AbortSignal): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-restore-'));
	const gatewayPort = await pickConsecutivePorts(1);
	const [memory, backup] = [join(directory, 'memory.json'), join(directory, 'backup')];
	const product = (name: string) =>
		createProduct({ homePath: join(directory, name), gatewayPort, settings: SETTINGS, stop });
	const [first, second] = [product('first'), product('second')];
	try {
		say('Starting a product with accounts, a subscription, files and jobs.');
		await first.start();
		await first.act(ACTS, 'fill', memory);
		await first.command('backup', backup);
		say('Backed up while jobs are running and queued. Later changes are not in the backup.');
		await first.act(ACTS, 'go-on', memory);
		await first.lose();
		say('Killed all processes and deleted the home directory. Restoring into a new one.');
		await second.command('restore', backup);
		await second.start();
		say(await second.act(ACTS, 'check', memory));
		say('Everything was restored from the backup.');
	} catch (error) {
		if (!stop.aborted) keepLogs(second.home() ?? first.home(), 'restore-logs');
		throw error;
	} finally {
		for (const { lose } of [first, second]) await lose();
		rmSync(directory, { recursive: true, force: true });
	}
}
