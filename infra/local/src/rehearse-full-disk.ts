import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packagesToStart } from './machine/debian-packages.ts';
import { prepareMachine } from './machine/prepare-machine.ts';
import { rehearse } from './rehearsals/rehearse.ts';
import { runCommand, say } from './stack/command.ts';

/** Set for the run inside the mount namespace. */
const MARK = 'CREATORR_MOUNT_NAMESPACE';
const DISK_SIZE = '1400m';
const MIB = 1024 ** 2;
/** Long enough for the broker's write-ahead log to meet the full disk. */
const FULL_MS = 4_000;
/** Less than a new home may start with, and less than the broker keeps free. */
const LEFT_AT_START_BYTES = 100 * MIB;
/** The broker is restarted soon after it stopped confirming, so that the rehearsal takes seconds. */
const SETTINGS = { BCRYPT_COST: '4', RABBITMQ_UNCONFIRMED_SECONDS: '5' };

/**
 * Runs a product on a disk of its own, fills that disk while jobs are accepted, and frees it again. Checks that every accepted job
 * succeeds without a manual step.
 */
await runCommand(async (stop) => {
	if (process.env[MARK] === undefined) return await runInMountNamespace();
	const unmount = (directory: string) => void spawnSync('umount', ['--lazy', join(directory, 'disk')]);
	return await rehearse(
		'full-disk',
		{ stop, settings: SETTINGS, cleanUp: unmount },
		async (directory, create) => {
			const disk = join(directory, 'disk');
			mountDisk(disk);
			const [state, filler] = [join(directory, 'state.json'), join(disk, 'filler')];
			const product = create(join(disk, 'home'));
			await product.start();
			await product.runStep('full-disk', 'before', state);
			say(`Filled the disk with ${Math.round(fill(filler) / MIB)} MiB while the product is running.`);
			await product.runStep('full-disk', 'while', state);
			fill(filler);
			await sleep(FULL_MS);
			rmSync(filler);
			say('Freed the disk.');
			say(await product.runStep('full-disk', 'after', state));
			await product.stop();
			fill(filler, LEFT_AT_START_BYTES);
			await product.start();
			rmSync(filler);
			say('Started again on a nearly full disk, then freed it.');
			say(await product.runStep('full-disk', 'after', state));
		},
	);
});

/** In the namespace, no other process sees the disk, and the kernel unmounts it after the last process of the rehearsal. */
async function runInMountNamespace(): Promise<number> {
	// inside the namespace, this process is root for mounts only
	await prepareMachine(packagesToStart({ ownBroker: true }));
	const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
	const { status } = spawnSync(
		'unshare',
		['--mount', ...asRoot, process.execPath, ...process.execArgv, import.meta.filename],
		{ stdio: 'inherit', env: { ...process.env, [MARK]: '1' } },
	);
	return status ?? 1;
}

function mountDisk(path: string): void {
	mkdirSync(path);
	const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_SIZE}`, 'tmpfs', path]);
	if (status !== 0) throw new Error(`mount failed: ${stderr}`);
}

/** Appends to the file until the disk has only `leaveBytes` left. @returns the file's size in bytes */
function fill(path: string, leaveBytes = 0): number {
	const { bavail, bsize } = statfsSync(dirname(path));
	const limit = leaveBytes > 0 ? [`count=${Math.floor((bavail * bsize - leaveBytes) / MIB)}`] : [];
	spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=1M', 'oflag=append', 'conv=notrunc', ...limit]);
	return statSync(path).size;
}
