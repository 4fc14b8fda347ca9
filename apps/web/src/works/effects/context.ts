import type { ApiClient } from '../../api/client.ts';
import type { FileKeeper } from '../file-keeper.ts';
import type { JobPoller } from '../job-poller.ts';
import type { Report } from '../transitions.ts';

/** What an effect may use, and how it tells what comes of it. */
export interface EffectContext {
	api: ApiClient;
	files: FileKeeper;
	poller: JobPoller;
	/** Those that a reload has not lost. */
	secretsOf(workId: string): Readonly<Record<string, string>>;
	report(event: Report): void;
	/** Aborted when the work went another way: paused, canceled, offline, signed out. */
	signal: AbortSignal;
}
