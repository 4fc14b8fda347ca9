import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { say } from '../stack/command.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { createProduct, keepLogs } from './product.ts';

const ACTS = join(REPOSITORY, 'qa', 'rehearsals', 'full-disk', 'main.ts');
const DISK_SIZE = '1400m';
const MIB = 1024 ** 2;
/** Long enough for the broker's write-ahead log to meet the full disk. */
const FULL_MS = 4_000;

/** Less than a new home may start with, and less than the broker keeps free. */
const LEFT_AT_START_BYTES = 100 * MIB;

/** The broker is restarted soon after it stopped confirming, so that the rehearsal takes seconds. */
const SETTINGS = { BCRYPT_COST: '4', RABBITMQ_UNCONFIRMED_SECONDS: '5' };

/**
 * Runs a product on a disk of its own, fills that disk while jobs are accepted, frees it again, and sees every accepted job
 * succeed without a manual step. Needs a mount namespace of its own, see rehearse-full-disk.ts.
 * @throws when any of it does not succeed; logs are kept then
 */
export async function rehearseFullDisk(stop: AbortSignal): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-full-disk-'));
	const disk = join(directory, 'disk');
	mountDisk(disk);
	const gatewayPort = await pickConsecutivePorts(1);
	const product = createProduct({ homePath: join(disk, 'home'), gatewayPort, settings: SETTINGS, stop });
	const [state, filler] = [join(directory, 'state.json'), join(disk, 'filler')];
	try {
		await product.start();
		await product.act(ACTS, 'before', state);
		say(`Filled the disk with ${Math.round(fill(filler) / MIB)} MiB while the product is running.`);
		await product.act(ACTS, 'while', state);
		fill(filler);
		await sleep(FULL_MS);
		rmSync(filler);
		say('Freed the disk.');
		say(await product.act(ACTS, 'after', state));
		await product.stop();
		fill(filler, LEFT_AT_START_BYTES);
		await product.start();
		rmSync(filler);
		say('Started again on a nearly full disk, then freed it.');
		say(await product.act(ACTS, 'after', state));
	} catch (error) {
		if (!stop.aborted) keepLogs(product.home(), 'full-disk-logs');
		throw error;
	} finally {
		await product.lose();
		spawnSync('umount', ['--lazy', disk]);
		rmSync(directory, { recursive: true, force: true });
	}
}

function mountDisk(path: string): void {
	mkdirSync(path);
	const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_SIZE}`, 'tmpfs', path]);
	if (status !== 0) throw new Error(`mount failed: ${stderr}`);
}

/** Appends to the file until the disk has only `leaveBytes` left. @returns the bytes written */
function fill(path: string, leaveBytes = 0): number {
	const file = openSync(path, 'a');
	let written = 0;
	const isDone = () => {
		const { bavail, bsize } = statfsSync(path);
		return leaveBytes > 0 && bavail * bsize <= leaveBytes;
	};
	try {
		for (let block = Buffer.alloc(MIB); block.length > 0 && !isDone(); ) {
			try {
				written += writeSync(file, block);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
				block = block.subarray(0, block.length >> 1);
			}
		}
	} finally {
		closeSync(file);
	}
	return written;
}
