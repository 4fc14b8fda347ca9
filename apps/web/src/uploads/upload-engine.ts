import type { ApiClient } from '../api/client.ts';
import { cancelJob } from './effects/cancel-job.ts';
import { createJob } from './effects/create-job.ts';
import type { EffectContext } from './effects/effect-context.ts';
import { createJobPoller } from './effects/job-poller.ts';
import { sendFile } from './effects/send-file.ts';
import { fetchOutput, watchJob } from './effects/watch-job.ts';
import type { FileCache } from './file-cache.ts';
import { type Effect, nextEffect, type UploadContext } from './next-effect.ts';
import { requestLock } from './tabs.ts';
import type { Report } from './transitions.ts';
import { isOver, type Upload } from './upload.ts';

const EFFECTS: Record<Effect, (upload: Upload, context: EffectContext) => Promise<void>> = {
	'send-file': sendFile,
	'create-job': createJob,
	'watch-job': watchJob,
	'cancel-job': cancelJob,
	'fetch-output': fetchOutput,
};

/** The pause before an effect that changed nothing runs again. */
const RERUN_DELAY_MS = 1_000;

interface EngineDeps {
	api: ApiClient;
	uploads: ReadonlyMap<string, Upload>;
	files: FileCache;
	context(): UploadContext;
	/** Awaited before this tab drives an upload whose lock it acquired: another tab may have driven it until then. */
	onLockHeld(id: string): Promise<void>;
	report(id: string, event: Report): void;
	secretsOf: EffectContext['secretsOf'];
}

/** Runs, for each upload that this tab drives, the effect that its stage asks for. */
interface UploadEngine {
	/** Call it when uploads, the session or the network changed. */
	update(): void;
	/** Whether this tab drives the upload. At most one tab does. */
	drives(id: string): boolean;
	/** Requests the lock of a finished upload that a command is about to restart. */
	claim(id: string): void;
}

export function createUploadEngine(deps: EngineDeps): UploadEngine {
	const { api, uploads, files, context, secretsOf } = deps;
	const poller = createJobPoller(api);
	/** Release functions of the locks that this tab has or waits for. */
	const requested = new Map<string, () => void>();
	const claimed = new Set<string>();
	const driven = new Set<string>();
	const running = new Map<string, { effect: Effect; abort: AbortController }>();

	async function onAcquired(id: string): Promise<void> {
		await deps.onLockHeld(id);
		claimed.delete(id);
		if (!requested.has(id)) return;
		driven.add(id);
		update();
	}

	function updateLocks(): void {
		for (const upload of uploads.values()) {
			const { id } = upload;
			const isActive = claimed.has(id) || !isOver(upload) || nextEffect(upload, context()) !== null;
			if (!isActive) releaseLock(id);
			else if (!requested.has(id)) {
				// older releases, which may run in another tab, use the same lock name
				requested.set(
					id,
					requestLock(`creatorr.work.${id}`, () => void onAcquired(id)),
				);
			}
		}
		for (const id of requested.keys()) if (!uploads.has(id)) releaseLock(id);
	}

	function releaseLock(id: string): void {
		requested.get(id)?.();
		requested.delete(id);
		claimed.delete(id);
		driven.delete(id);
	}

	function update(): void {
		updateLocks();
		for (const [id, { effect, abort }] of running) {
			const upload = uploads.get(id);
			if (!upload || !driven.has(id) || nextEffect(upload, context()) !== effect) abort.abort();
		}
		for (const id of driven) {
			const upload = uploads.get(id);
			const effect = upload && nextEffect(upload, context());
			if (upload && effect && !running.has(id)) void run(upload, effect);
		}
	}

	async function run(upload: Upload, effect: Effect): Promise<void> {
		const abort = new AbortController();
		const { signal } = abort;
		running.set(upload.id, { effect, abort });
		const report: EffectContext['report'] = (event) => {
			// an aborted effect may only report its interruption
			if (signal.aborted && event.type !== 'upload-interrupted') return;
			deps.report(upload.id, event);
		};
		try {
			// listeners see the change that caused the effect before the effect's own reports
			await null;
			await EFFECTS[effect](upload, { api, files, poller, secretsOf, report, signal });
		} catch (error) {
			// an abort reason is no error
			if (!signal.aborted) reportError(error);
		}
		running.delete(upload.id);
		const now = uploads.get(upload.id);
		const isStuck = now !== undefined && !signal.aborted && nextEffect(now, context()) === effect;
		if (isStuck) setTimeout(update, RERUN_DELAY_MS);
		else update();
	}

	return {
		update,
		drives: (id) => driven.has(id),
		claim(id) {
			claimed.add(id);
			update();
		},
	};
}
