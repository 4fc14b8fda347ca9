import type { FileRequests } from '../calls/file-requests.ts';
import type { RetryOptions } from '../retry/retry.ts';
import type { NamedSource } from './open-source.ts';
import type { ProgressMeter } from './progress.ts';

/** Dependencies of every step of one upload. */
export interface UploadContext {
	files: FileRequests;
	source: NamedSource;
	meter: ProgressMeter;
	signal: AbortSignal;
	retry: RetryOptions;
	onCreated: (fileId: string) => void;
}
