import type { ApiClient } from '../api/client.ts';
import { cancelJob } from './effects/cancel-job.ts';
import { createJob } from './effects/create-job.ts';
import type { EffectContext } from './effects/effect-context.ts';
import { createJobPoller } from './effects/job-poller.ts';
import { sendFile } from './effects/send-file.ts';
import { fetchOutput, watchJob } from './effects/watch-job.ts';
import type { FileCache } from './file-cache.ts';
import { type Effect, nextEffect, type UploadContext } from './next-effect.ts';
import type { Report } from './transitions.ts';
import { hasEnded, type Upload } from './upload.ts';
import { createUploadLocks } from './upload-locks.ts';

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
	/** See `UploadLocks`. */
	onLockHeld(id: string): Promise<void>;
	report(id: string, event: Report): void;
	secretsOf: EffectContext['secretsOf'];
}

/** Runs, for each upload that this tab drives, the effect that its stage asks for. */
export interface UploadEngine {
	/** Call it when uploads, the session or the network changed. */
	update(): void;
	/** Whether this tab drives the upload. At most one tab does. */
	drives(id: string): boolean;
	/** Requests the lock of a finished upload that a command is about to restart. */
	claim(id: string): void;
}

export function createUploadEngine(deps: EngineDeps): UploadEngine {
	const { uploads, onLockHeld } = deps;
	const effectOf = (upload: Upload) => nextEffect(upload, deps.context());
	const isActive = (upload: Upload) => !hasEnded(upload) || effectOf(upload) !== null;
	const locks = createUploadLocks({ uploads, isActive, onLockHeld, onDriven: update });
	const runEffect = effectRunner(deps);
	const running = new Map<string, { effect: Effect; abort: AbortController }>();

	function update(): void {
		locks.update();
		for (const [id, { effect, abort }] of running) {
			const upload = uploads.get(id);
			if (!upload || !locks.driven.has(id) || effectOf(upload) !== effect) abort.abort();
		}
		for (const id of locks.driven) {
			const upload = uploads.get(id);
			const effect = upload && effectOf(upload);
			if (upload && effect && !running.has(id)) void run(upload, effect);
		}
	}

	async function run(upload: Upload, effect: Effect): Promise<void> {
		const abort = new AbortController();
		running.set(upload.id, { effect, abort });
		await runEffect(upload, effect, abort.signal);
		running.delete(upload.id);
		const now = uploads.get(upload.id);
		const isStuck = now !== undefined && !abort.signal.aborted && effectOf(now) === effect;
		if (isStuck) setTimeout(update, RERUN_DELAY_MS);
		else update();
	}

	return {
		update,
		drives: (id) => locks.driven.has(id),
		claim(id) {
			locks.claim(id);
			update();
		},
	};
}

/** Returns a function that runs one effect of an upload and never rejects. */
function effectRunner({ api, files, secretsOf, report }: EngineDeps) {
	const poller = createJobPoller(api);
	return async (upload: Upload, effect: Effect, signal: AbortSignal): Promise<void> => {
		const reportUnlessAborted: EffectContext['report'] = (event) => {
			// an aborted effect may only report its interruption
			if (signal.aborted && event.type !== 'upload-interrupted') return;
			report(upload.id, event);
		};
		const context = { api, files, poller, secretsOf, report: reportUnlessAborted, signal };
		try {
			// listeners see the change that caused the effect before the effect's own reports
			await null;
			await EFFECTS[effect](upload, context);
		} catch (error) {
			// an abort reason is not an error
			if (!signal.aborted) reportError(error);
		}
	};
}
