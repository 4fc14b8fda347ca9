import type { Upload } from './upload.ts';

/** What decides, besides the upload itself, whether it can continue. */
export interface UploadContext {
	/** Who is signed in; null also while a session has expired. */
	userId: string | null;
	isOnline: boolean;
}

/** The outside cause that an upload waits for; null when it can continue. */
export type Blocker = 'sign-in' | 'network' | null;

const NEEDS_API: readonly string[] = ['waiting', 'uploading', 'creating', 'queued', 'running', 'canceling'];

export function blockerOf(upload: Upload, context: UploadContext): Blocker {
	if (!NEEDS_API.includes(upload.stage.kind)) return null;
	if (context.userId === null || upload.userId !== context.userId) return 'sign-in';
	return context.isOnline ? null : 'network';
}

/** The one thing to do for an upload in its stage. */
export type Effect = 'send-file' | 'create-job' | 'watch-job' | 'cancel-job' | 'fetch-output';

const EFFECTS: Partial<Record<Upload['stage']['kind'], Effect>> = {
	waiting: 'send-file',
	uploading: 'send-file',
	creating: 'create-job',
	queued: 'watch-job',
	running: 'watch-job',
	canceling: 'cancel-job',
};

export function nextEffect(upload: Upload, context: UploadContext): Effect | null {
	if (blockerOf(upload, context) !== null) return null;
	if (upload.stage.kind === 'succeeded') {
		const canFetch = upload.userId === context.userId && context.isOnline;
		return upload.stage.output === null && canFetch ? 'fetch-output' : null;
	}
	return EFFECTS[upload.stage.kind] ?? null;
}
