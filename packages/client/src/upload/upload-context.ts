import type { FileRequests } from '../calls/file-requests.ts';
import type { RetryOptions } from '../retry/patience.ts';
import type { NamedSource } from './open-source.ts';
import type { ProgressMeter } from './progress.ts';

/** What every step of one upload needs. */
export interface UploadContext {
	files: FileRequests;
	source: NamedSource;
	meter: ProgressMeter;
	signal: AbortSignal;
	retry: RetryOptions;
	onCreated: (fileId: string) => void;
}
