import { formatBytes, runningText, type Tool } from '@creatorr/client';
import { formatDuration } from '../../ui/format.ts';
import { timeLeftMs } from '../effects/transfer-rate.ts';
import type { Blocker } from '../next-effect.ts';
import type { Upload } from '../upload.ts';

/** A longer wait in the queue is explained. */
const LONG_WAIT_MS = 15_000;
/** Shorter times are not counted in seconds, which would jump. */
const SHORT_MS = 10_000;

interface StatusContext {
	blocker: Blocker;
	tool: Pick<Tool, 'available'> | undefined;
	now: number;
}

/** Returns the status line of an upload. Finished uploads show details instead. */
export function statusText(
	{ stage, source, secretNames }: Upload,
	{ blocker, tool, now }: StatusContext,
): string {
	if (blocker === 'sign-in') return 'Sign in to continue';
	if (blocker === 'network' && stage.kind === 'canceling')
		return 'You’re offline. Cancels when you’re back online';
	if (blocker === 'network') return 'You’re offline. Resumes automatically';
	switch (stage.kind) {
		case 'waiting':
			return 'Waiting to upload';
		case 'uploading':
			return uploadingText(stage, source.sizeBytes);
		case 'paused':
			return `Paused at ${formatBytes(stage.sentBytes)} of ${formatBytes(source.sizeBytes)}`;
		case 'file-missing':
			return 'The file can’t be read anymore. It was moved or changed, or your browser couldn’t store it. Choose it again to resume';
		case 'secrets-missing':
			return `creatorr doesn’t keep passwords. Enter the ${secretNames.length === 1 ? 'password' : 'passwords'} again to continue`;
		case 'creating':
			if (!stage.isStruggling) return 'Uploaded. Starting';
			return stage.isRateLimited
				? 'Too many requests right now. Retrying automatically'
				: 'creatorr is temporarily unavailable. Retrying automatically';
		case 'queued':
			if (tool?.available === false) return 'This tool is temporarily unavailable. Starts when it’s back';
			return now - stage.since > LONG_WAIT_MS ? 'Queued. Other files are ahead of this one' : 'Queued';
		case 'running':
			return runningText({ progress: stage.progress, progress_detail: stage.detail });
		case 'canceling':
			return 'Canceling';
		case 'canceled':
			return 'Canceled';
		case 'succeeded':
			return 'Done';
		case 'failed':
			return 'Failed';
	}
}

function uploadingText(
	stage: { sentBytes: number; bytesPerSecond?: number | undefined },
	totalBytes: number,
): string {
	const { sentBytes, bytesPerSecond } = stage;
	const parts = [`Uploading ${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`];
	if (bytesPerSecond === 0) return `${parts[0]}. Upload stalled. Resumes automatically`;
	const left = timeLeftMs(totalBytes - sentBytes, bytesPerSecond);
	if (bytesPerSecond !== undefined && left !== undefined) {
		parts.push(`${formatBytes(bytesPerSecond)}/s`, timeLeftText(left));
	}
	return parts.join(' · ');
}

function timeLeftText(ms: number): string {
	if (ms < SHORT_MS) return 'a few seconds left';
	const roundTo = ms < 60_000 ? 5_000 : 60_000;
	return `${formatDuration(Math.round(ms / roundTo) * roundTo)} left`;
}

/** Returns the progress between 0 and 1; null if unknown. */
export function progressOf({ stage, source }: Upload): number | null {
	switch (stage.kind) {
		case 'waiting':
		case 'uploading':
		case 'paused':
			return Math.min(1, stage.sentBytes / source.sizeBytes);
		case 'running':
			return stage.progress > 0 ? stage.progress / 100 : null;
		default:
			return null;
	}
}
