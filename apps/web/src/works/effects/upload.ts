import { takeSlot } from '../locks.ts';
import { mayPass, retryAfterOf } from '../may-pass.ts';
import { problemOf } from '../problem-of.ts';
import { createSpeedometer } from '../speed.ts';
import type { Report } from '../transitions.ts';
import type { Work } from '../work.ts';
import type { EffectContext } from './context.ts';
import { pause } from './pause.ts';

/** Files that are uploaded at one time, over all tabs; each goes up in several parts. */
const MAX_UPLOADS = 2;
const ASK_FOR_SLOT_MS = 500;
/** Before an upload goes on of which the client has given up for now. */
const AFTER_TROUBLE_MS = 10_000;
/** After so long without a byte that got through, it is worth a word. */
const STALLED_MS = 10_000;
const LOOK_FOR_STALL_MS = 2_000;
/** Often enough for a bar that moves. */
const REPORT_EVERY_MS = 150;

/** Brings the file into the store, on from where an earlier try has come to. */
export async function upload(work: Work, context: EffectContext): Promise<void> {
	const file = await context.files.find(work.source.id);
	if (!file) return context.report({ type: 'file-lost' });
	const free = await waitForSlot(context.signal);
	try {
		context.report({ type: 'upload-began' });
		await send(work, file, context);
		context.report({ type: 'uploaded' });
		await context.files.release(work.source.id);
	} catch (error) {
		// the slot is kept meanwhile: the next upload would meet the same; who ends the upload ends the pause too
		if (mayPass(error)) {
			await pause(Math.max(AFTER_TROUBLE_MS, retryAfterOf(error)), context.signal).catch(() => {});
		}
		context.report(whatCameOf(error, context.signal));
	} finally {
		free();
	}
}

async function waitForSlot(signal: AbortSignal): Promise<() => void> {
	for (;;) {
		const free = await takeSlot('creatorr.upload', MAX_UPLOADS);
		if (free) return free;
		await pause(ASK_FOR_SLOT_MS, signal);
	}
}

async function send(
	{ source, upload: begun, stage }: Work,
	file: File,
	context: EffectContext,
): Promise<void> {
	const { api, report, signal } = context;
	const measure = createSpeedometer();
	let reportedAt = 0;
	let movedAt = performance.now();
	let last = 'sentBytes' in stage ? stage.sentBytes : 0;
	const stall = setInterval(() => {
		const isStalled = performance.now() - movedAt > STALLED_MS;
		if (isStalled) report({ type: 'sent', sentBytes: last, bytesPerSecond: 0 });
	}, LOOK_FOR_STALL_MS);
	try {
		await api.files.upload(file, {
			name: source.name,
			mimeType: source.mimeType,
			signal,
			...(begun && { resume: begun.fileId }),
			onCreated: (fileId) => report({ type: 'file-created', fileId }),
			onProgress: ({ sentBytes, totalBytes }) => {
				const now = performance.now();
				const bytesPerSecond = measure(sentBytes, now);
				if (sentBytes > last) movedAt = now;
				last = sentBytes;
				if (now - reportedAt < REPORT_EVERY_MS && sentBytes < totalBytes) return;
				reportedAt = now;
				report({ type: 'sent', sentBytes, bytesPerSecond });
			},
		});
	} finally {
		clearInterval(stall);
	}
}

function whatCameOf(error: unknown, signal: AbortSignal): Report {
	// the engine begins it again, on from where it has come to
	if (signal.aborted || mayPass(error)) return { type: 'upload-interrupted' };
	// the file was changed, moved or deleted since it was chosen
	if (error instanceof DOMException && error.name.startsWith('Not')) return { type: 'file-lost' };
	const problem = problemOf(error);
	return problem.code === 'unauthorized' ? { type: 'upload-interrupted' } : { type: 'failed', problem };
}
