import { acquireSlot } from '../tabs.ts';
import type { Report } from '../transitions.ts';
import type { Upload } from '../upload.ts';
import { type EffectContext, mayRetrySoon, problemOf, retryAfterOf, sleep } from './effect-context.ts';
import { createRateMeter } from './transfer-rate.ts';

/** Files sent at the same time by all tabs; each is sent in several parts. */
const MAX_UPLOADS = 2;
const SLOT_POLL_MS = 500;
/** The pause after the client has used up its retries. */
const RETRY_DELAY_MS = 10_000;
/** After this time without progress, the upload is shown as stalled. */
const STALLED_AFTER_MS = 10_000;
const STALL_CHECK_MS = 2_000;
/** Often enough for a smooth progress bar. */
const REPORT_INTERVAL_MS = 150;

/** Uploads the file to the store, resuming an earlier try. */
export async function sendFile(upload: Upload, context: EffectContext): Promise<void> {
	const { files, report, signal } = context;
	const file = await files.get(upload.source.id);
	if (!file) return report({ type: 'file-lost' });
	const release = await waitForSlot(signal);
	try {
		report({ type: 'upload-began' });
		await send(upload, file, context);
		report({ type: 'uploaded' });
		await files.deleteStoredCopy(upload.source.id);
	} catch (error) {
		// keeps the slot during the pause, because the next upload would fail in the same way; an abort ends the pause
		if (mayRetrySoon(error)) {
			await sleep(Math.max(RETRY_DELAY_MS, retryAfterOf(error)), signal).catch(() => {});
		}
		report(reportOf(error, signal));
	} finally {
		release();
	}
}

async function waitForSlot(signal: AbortSignal): Promise<() => void> {
	while (true) {
		const release = await acquireSlot('creatorr.upload', MAX_UPLOADS);
		if (release) return release;
		await sleep(SLOT_POLL_MS, signal);
	}
}

async function send(
	{ source, remoteFile, stage }: Upload,
	file: File,
	{ api, report, signal }: EffectContext,
): Promise<void> {
	const measureRate = createRateMeter();
	let reportedAt = 0;
	let movedAt = performance.now();
	let lastSentBytes = 'sentBytes' in stage ? stage.sentBytes : 0;
	const stallCheck = setInterval(() => {
		const isStalled = performance.now() - movedAt > STALLED_AFTER_MS;
		if (isStalled) report({ type: 'sent', sentBytes: lastSentBytes, bytesPerSecond: 0 });
	}, STALL_CHECK_MS);
	try {
		await api.files.upload(file, {
			name: source.name,
			mimeType: source.mimeType,
			signal,
			...(remoteFile && { resume: remoteFile.fileId }),
			onCreated: (fileId) => report({ type: 'file-created', fileId }),
			onProgress: ({ sentBytes, totalBytes }) => {
				const now = performance.now();
				const bytesPerSecond = measureRate(sentBytes, now);
				if (sentBytes > lastSentBytes) movedAt = now;
				lastSentBytes = sentBytes;
				if (now - reportedAt < REPORT_INTERVAL_MS && sentBytes < totalBytes) return;
				reportedAt = now;
				report({ type: 'sent', sentBytes, bytesPerSecond });
			},
		});
	} finally {
		clearInterval(stallCheck);
	}
}

function reportOf(error: unknown, signal: AbortSignal): Report {
	// the engine resumes an interrupted upload
	if (signal.aborted || mayRetrySoon(error)) return { type: 'upload-interrupted' };
	// NotReadableError, NotFoundError: the file was changed, moved or deleted since it was chosen
	if (error instanceof DOMException && error.name.startsWith('Not')) return { type: 'file-lost' };
	const problem = problemOf(error);
	return problem.code === 'unauthorized' ? { type: 'upload-interrupted' } : { type: 'failed', problem };
}
