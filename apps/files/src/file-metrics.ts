import { counter, gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';

const uploads = counter({
	name: 'creatorr_uploads_total',
	help: 'Files whose bytes have come, by kind: upload of a person, output of a job',
	labels: ['kind'],
});

const uploadBytes = counter({
	name: 'creatorr_upload_bytes_total',
	help: 'Bytes of files that have come, by kind: upload of a person, output of a job',
	labels: ['kind'],
});

const storedFiles = gauge({
	name: 'creatorr_stored_files',
	help: 'Files whose bytes are kept; counted every 5 minutes, the same for all replicas',
});

const storedBytes = gauge({
	name: 'creatorr_stored_bytes',
	help: 'Bytes of files that are kept; counted every 5 minutes, the same for all replicas',
});

export function countUpload({ jobId, sizeBytes }: { jobId: string | null; sizeBytes: number }): void {
	const kind = jobId === null ? 'upload' : 'output';
	uploads.inc({ kind });
	uploadBytes.inc({ kind }, sizeBytes);
}

export interface Stored {
	files: number;
	bytes: number;
}

/** All rows are read for it. */
const COUNT_EVERY_MS = 5 * 60_000;

/** Shows how much is stored. */
export function showStored(read: () => Promise<Stored>): { stop(): void } {
	let known: { stored: Stored; atMs: number } | undefined;
	return readWhenScraped({
		name: 'stored',
		gauges: [storedFiles, storedBytes],
		async read() {
			if (known && performance.now() - known.atMs < COUNT_EVERY_MS) return known.stored;
			const stored = await read();
			known = { stored, atMs: performance.now() };
			return stored;
		},
		show({ files, bytes }) {
			storedFiles.set(files);
			storedBytes.set(bytes);
		},
	});
}
