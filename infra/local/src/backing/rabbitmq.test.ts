import { readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSettings } from '../settings/settings.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { rabbitSteps } from './rabbitmq.ts';

const MIB = 1024 ** 2;
const home = temporaryHome();

/** Returns the free space, in bytes, below which the broker of this home accepts no publishes. */
async function configuredLimit(settings = {}): Promise<number> {
	const steps = await rabbitSteps(home(), { ...readSettings({}).rabbitmq, ...settings });
	const config = steps.find(({ name }) => name === 'rabbitmq-config');
	if (config?.kind !== 'task') throw new Error('no step writes the configuration');
	await config.run();
	const text = readFileSync(join(home().data, 'rabbitmq', 'rabbitmq.conf'), 'utf8');
	return Number(/^disk_free_limit\.absolute = (\d+)$/m.exec(text)?.[1]);
}

test('the broker accepts no publishes below 5% of free space, at least 256 MiB and at most 1 GiB', async () => {
	const { blocks, bsize } = statfsSync(home().root);
	const share = Math.floor(blocks * bsize * 0.05);
	expect(await configuredLimit()).toBe(Math.min(Math.max(share, 256 * MIB), 1024 * MIB));
});

test('the limit of free space is that of the settings', async () => {
	expect(await configuredLimit({ diskFreeLimitBytes: 300 * MIB })).toBe(300 * MIB);
});
