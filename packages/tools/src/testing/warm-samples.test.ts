import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import { beforeAll, expect, test } from '@jest/globals';
import { loadTool } from './run-sample.ts';
import { openWarmWorkspaces } from './warm-samples.ts';

const SERVER = 'sleep 0.2; echo \'{"ready":true}\'; read -r request';

let open: () => ReturnType<typeof openWarmWorkspaces>;
beforeAll(async () => {
	const tool = { ...(await loadTool('ocr')), prewarmed: { command: 'bash', args: ['-c', SERVER] } };
	open = () => openWarmWorkspaces(tool);
});

test('stop ends the process of a workspace that is starting', async () => {
	const workspaces = await open();
	const use = workspaces.use(async ({ prewarmed }: Workspace) => {
		await prewarmed?.ended;
		return prewarmed !== undefined;
	});
	await workspaces.stop();
	expect(await use).toBe(true);
});

test('stop rejects when a scratch directory was not removed', async () => {
	const workspaces = await open();
	await workspaces.use(async ({ prewarmed, scratch }) => {
		await prewarmed?.end();
		scratch.path = 'not a path\0';
	});
	await expect(workspaces.stop()).rejects.toThrow('A scratch directory was not removed.');
});
