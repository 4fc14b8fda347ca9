import { expect, test } from '@jest/globals';
import { createUpload } from './upload.ts';
import { createUploadLocks } from './upload-locks.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 4, mimeType: 'application/pdf', lastModified: 1 };
const upload = createUpload(source, { tool: 'compress', params: {}, secrets: {} }, 'usr_1');

const nextTask = () => new Promise<void>((resolve) => setTimeout(resolve));

test('an upload that is restarted while its lock is acquired is driven only with its new lock', async () => {
	/** Resolve what the tab awaits before it drives an upload whose lock it has. */
	const resolvers: (() => void)[] = [];
	let isActive = true;
	const locks = createUploadLocks({
		uploads: new Map([[upload.id, upload]]),
		isActive: () => isActive,
		onLockHeld: () => new Promise((resolve) => resolvers.push(resolve)),
		onDriven: () => undefined,
	});
	locks.update();
	while (resolvers.length < 1) await nextTask();
	for (const active of [false, true]) {
		isActive = active;
		locks.update();
	}
	while (resolvers.length < 2) await nextTask();
	resolvers[0]?.();
	await nextTask();
	expect([...locks.driven]).toEqual([]);
	resolvers[1]?.();
	await nextTask();
	expect([...locks.driven]).toEqual([upload.id]);
});
