import { join } from 'node:path';
import { rehearse } from './rehearsals/rehearse.ts';
import { runCommand, say } from './stack/command.ts';

/** Makes passwords cheap to hash, and reconciliation run again at once. */
const SETTINGS = { BCRYPT_COST: '4', RECONCILE_INTERVAL_HOURS: '0.001' };

/**
 * Starts a product, gives it data of every kind, backs it up while it works, kills it and removes its home. Then restores the backup
 * into another home, starts that product and compares its data with the original.
 */
await runCommand((stop) =>
	rehearse('restore', { stop, settings: SETTINGS }, async (directory, create) => {
		const [memory, backup] = [join(directory, 'memory.json'), join(directory, 'backup')];
		const first = create(join(directory, 'first'));
		say('Starting a product with accounts, a subscription, files and jobs.');
		await first.start();
		await first.runStep('restore', 'fill', memory);
		await first.command('backup', backup);
		say('Backed up while jobs are running and queued. Later changes are not in the backup.');
		await first.runStep('restore', 'continue', memory);
		await first.destroy();
		say('Killed all processes and deleted the home directory. Restoring into a new one.');
		const second = create(join(directory, 'second'));
		await second.command('restore', backup);
		await second.start();
		say(await second.runStep('restore', 'check', memory));
		say('Everything was restored from the backup.');
	}),
);
