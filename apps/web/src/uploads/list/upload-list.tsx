import { Download } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ToolParams } from '../../params/use-params.ts';
import { Button } from '../../ui/button.tsx';
import { useFocusAfterRemoval } from '../../ui/focus.ts';
import { toast } from '../../ui/toasts.ts';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import { batchTotal } from './batch-total.ts';
import { type DownloadableFile, downloadAll, useBusyAction } from './download-all.ts';
import styles from './upload-list.module.css';
import { UploadRow } from './upload-row.tsx';

/** The uploads of a tool, newest first. */
export function UploadList({ uploads: own, params }: { uploads: readonly Upload[]; params: ToolParams }) {
	const announcement = useAnnouncement(own);
	useFocusAfterRemoval(own.length);
	const downloadable = useMemo(() => own.flatMap(downloadableOf), [own]);
	const total = batchTotal(own);
	// failed uploads may still be retried
	const done = own.filter(({ stage }) => stage.kind === 'succeeded' || stage.kind === 'canceled');
	const download = useBusyAction(async () => {
		const missing = await downloadAll(downloadable, `creatorr ${params.tool.title}.zip`);
		if (missing.length === 0) return;
		for (const { uploadId } of missing) uploads.markOutputGone(uploadId);
		toast({
			text: `Expired or deleted, so not included: ${missing.map(({ name }) => name).join(', ')}.`,
			stays: true,
		});
	});
	return (
		<>
			<VisuallyHidden>
				<span role="status">
					<span key={announcement.count}>{announcement.text}</span>
				</span>
			</VisuallyHidden>
			{own.length > 0 && (
				<section className={styles.uploads} aria-label="Your files">
					{own.length === 1 ? (
						<h2 className={styles.unseen}>Your file</h2>
					) : (
						<div className={styles.head}>
							<h2>{own.length} files</h2>
							{total && <p className={styles.total}>{total}</p>}
							{downloadable.length > 1 && (
								<Button small variant="primary" aria-disabled={download.isBusy} onClick={download.start}>
									<Download size={18} aria-hidden="true" />
									{download.isBusy ? 'Packing…' : `Download all (${downloadable.length})`}
								</Button>
							)}
							{done.length > 1 && (
								<Button
									small
									variant="quiet"
									onClick={() => {
										for (const { id } of done) void uploads.remove(id);
									}}
								>
									Clear finished
								</Button>
							)}
						</div>
					)}
					<ul className={styles.list}>
						{own.map((upload) => (
							<UploadRow key={upload.id} upload={upload} params={params} isOnly={own.length === 1} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

function downloadableOf({ id: uploadId, stage }: Upload): (DownloadableFile & { uploadId: string })[] {
	if (stage.kind !== 'succeeded' || stage.output === 'gone' || stage.output === null) return [];
	const { id, name, size_bytes: sizeBytes } = stage.output;
	return [{ uploadId, id, name, sizeBytes }];
}

const ANNOUNCED: Partial<Record<Upload['stage']['kind'], string>> = {
	succeeded: 'is done',
	failed: 'failed',
	canceled: 'is canceled',
	paused: 'is paused',
	'file-missing': 'needs you to choose the file again',
	'secrets-missing': 'needs its password',
};

/**
 * Returns the announcement for screen readers: outcomes and what uploads need, not every step. The count tells equal
 * announcements apart.
 */
function useAnnouncement(uploads: readonly Upload[]): { text: string; count: number } {
	const before = useRef(new Map<string, Upload['stage']['kind']>());
	const [announcement, setAnnouncement] = useState({ text: '', count: 0 });
	useEffect(() => {
		const changes = uploads.flatMap(({ id, stage, source }) => {
			const last = before.current.get(id);
			const announcement = ANNOUNCED[stage.kind];
			return last !== undefined && last !== stage.kind && announcement
				? [`${source.name} ${announcement}.`]
				: [];
		});
		before.current = new Map(uploads.map(({ id, stage }) => [id, stage.kind]));
		if (changes.length > 0) setAnnouncement(({ count }) => ({ text: changes.join(' '), count: count + 1 }));
	}, [uploads]);
	return announcement;
}
