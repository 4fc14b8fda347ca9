import type { FileRow, Job } from '@creatorr/client';
import { Download, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { saveFile } from '../../api/save-file.ts';
import { previewKindOf } from '../../file-drop/media-types.ts';
import type { ToolParams } from '../../params/use-params.ts';
import { Button } from '../../ui/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import { isFileGone, useBusyAction } from './download-all.ts';
import { outcomeOf, warningsOf } from './outcome.ts';
import { OutcomeSummary } from './outcome-summary.tsx';
import { TextResult } from './text-result.tsx';
import styles from './upload-result.module.css';

const Comparison = lazy(() =>
	import('./comparison.tsx').then(
		({ Comparison: loaded }) => ({ default: loaded }),
		// the result is available without it
		() => ({ default: NoComparison }),
	),
);

function NoComparison() {
	return <p className={styles.note}>The preview couldn’t be loaded. Reload the page to try again.</p>;
}

/** The result of an upload: savings, warnings, download, preview. */
export function UploadResult({
	upload,
	job,
	output,
	params,
	isOnly,
}: {
	upload: Upload;
	job: Job;
	output: FileRow | 'gone' | null;
	params: ToolParams;
	/** The only upload on the page, which has room for the preview. */
	isOnly: boolean;
}) {
	const outcome = outcomeOf(job);
	const isGone = output === 'gone' || (output !== null && Date.parse(output.expires_at) <= Date.now());
	const kept = isGone ? null : output;
	const kind = kept ? previewKindOf(kept) : undefined;
	const [isOpen, setOpen] = useState<boolean>();
	const isShown = kind !== undefined && (isOpen ?? isOnly);
	return (
		<div className={styles.result}>
			{outcome && <OutcomeSummary outcome={outcome} />}
			<Warnings warnings={warningsOf(job, params.fields)} />
			<div className={styles.actions}>
				{isGone ? (
					<p className={styles.note}>The result has expired or was deleted.</p>
				) : (
					<DownloadButton upload={upload} fileId={job.output_file_id ?? ''} />
				)}
				{kind && (
					<Button small aria-expanded={isShown} onClick={() => setOpen(!isShown)}>
						{isShown ? 'Hide preview' : 'Show preview'}
					</Button>
				)}
				<RunAgainButton upload={upload} params={params} />
				{kept && <p className={styles.note}>Kept until {formatDateTime(kept.expires_at)}</p>}
			</div>
			{isShown &&
				kept &&
				(kind === 'text' ? <TextResult output={kept} /> : <LazyComparison upload={upload} output={kept} />)}
		</div>
	);
}

function LazyComparison(props: { upload: Upload; output: FileRow }) {
	return (
		<Suspense fallback={<Spinner label="Loading preview" />}>
			<Comparison {...props} />
		</Suspense>
	);
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
	if (warnings.length === 0) return null;
	return (
		<ul className={styles.warnings} aria-label="Good to know">
			{warnings.map((warning) => (
				<li key={warning}>{warning}</li>
			))}
		</ul>
	);
}

function DownloadButton({ upload, fileId }: { upload: Upload; fileId: string }) {
	const download = useBusyAction(async () => {
		try {
			await saveFile(fileId);
		} catch (error) {
			if (!isFileGone(error)) throw error;
			uploads.markOutputGone(upload.id);
		}
	});
	return (
		<Button variant="primary" small aria-disabled={download.isBusy} onClick={download.start}>
			<Download size={18} aria-hidden="true" />
			Download
		</Button>
	);
}

function RunAgainButton({ upload, params }: { upload: Upload; params: ToolParams }) {
	return (
		<Button
			small
			variant="quiet"
			disabled={params.isInvalid}
			onClick={() => uploads.rerun(upload, { tool: upload.tool, ...params.toSend })}
		>
			<RotateCcw size={16} aria-hidden="true" />
			Run again with the current options
		</Button>
	);
}
