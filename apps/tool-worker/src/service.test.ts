import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'worker-'));
});
afterEach(() => rm(directory, { recursive: true }));

// Root without CAP_SYS_ADMIN, as in a container.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot(
	'a worker that can build no sandbox does not start, says what to do, and leaves no files',
	async () => {
		const scratch = join(directory, 'scratch');
		// It fails before it reads any other setting.
		const script = `
		import { startService } from '@creatorr/service/define-service';
		import { createLogger } from '@creatorr/service/logger';
		import { toolWorker } from ${JSON.stringify(new URL('./service.ts', import.meta.url).href)};
		const config = { SCRATCH_DIR: ${JSON.stringify(scratch)}, TERMINATION_GRACE_SECONDS: 0 };
		await startService(toolWorker, { config, logger: createLogger({ service: 'test', level: 'error' }) });`;
		const args = ['--bounding-set', '-sys_admin', process.execPath, '--input-type=module', '-e', script];
		const started = promisify(execFile)('setpriv', args, { env: { ...process.env, NODE_OPTIONS: '' } });
		await expect(started).rejects.toMatchObject({
			stderr: expect.stringMatching(
				/can’t run tools, because the sandbox doesn’t work: .* not permitted.*install bubblewrap/,
			),
		});
		expect(await readdir(scratch)).toEqual(['lock']);
	},
);
