import type { FileRow, Job } from '@creatorr/client';
import { Download, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { canCompare } from '../../file-drop/media-types.ts';
import { saveFile } from '../../files/save-file.ts';
import type { ToolParams } from '../../tool-page/params/use-params.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount, formatDateTime } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import { isFileGone, useBusyAction } from './download-all.ts';
import { type Outcome, outcomeOf, percent, warningsOf } from './outcome.ts';
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
	const outcome = outcomeOf(job, upload.source, output);
	const warnings = warningsOf(job);
	const isGone = output === 'gone' || (output !== null && Date.parse(output.expires_at) <= Date.now());
	const id = job.output_file_id ?? '';
	const download = useBusyAction(async () => {
		try {
			await saveFile(id);
		} catch (error) {
			if (!isFileGone(error)) throw error;
			uploads.markOutputGone(upload.id);
		}
	});
	const isComparable = !isGone && canCompare(output);
	const [isOpen, setOpen] = useState<boolean>();
	const isCompared = isComparable && (isOpen ?? isOnly);
	const again = () => {
		uploads.rerun(upload, { tool: upload.tool, ...params.toSend });
	};
	return (
		<div className={styles.result}>
			{outcome && <OutcomeSummary outcome={outcome} />}
			{warnings.length > 0 && (
				<ul className={styles.warnings} aria-label="Good to know">
					{warnings.map((warning) => (
						<li key={warning}>{warning}</li>
					))}
				</ul>
			)}
			<div className={styles.actions}>
				{isGone ? (
					<p className={styles.note}>The result has expired or was deleted.</p>
				) : (
					<Button variant="primary" small aria-disabled={download.isBusy} onClick={download.start}>
						<Download size={18} aria-hidden="true" />
						Download
					</Button>
				)}
				{isComparable && (
					<Button small aria-expanded={isCompared} onClick={() => setOpen(!isCompared)}>
						{isCompared ? 'Hide preview' : 'Compare'}
					</Button>
				)}
				<Button small variant="quiet" disabled={params.isInvalid} onClick={again}>
					<RotateCcw size={16} aria-hidden="true" />
					Run again with these options
				</Button>
				{!isGone && output !== null && (
					<p className={styles.note}>Kept until {formatDateTime(output.expires_at)}</p>
				)}
			</div>
			{isCompared && output !== null && (
				<Suspense fallback={<Spinner label="Loading preview" />}>
					<Comparison upload={upload} output={output} />
				</Suspense>
			)}
		</div>
	);
}

/** Returns exact sizes, which would be equal if they were rounded. */
function exactSizes({ bytesIn, bytesOut }: Outcome): string {
	if (bytesIn === bytesOut) return `Still ${formatBytes(bytesOut)}`;
	return `${bytesIn.toLocaleString()} → ${formatCount(bytesOut, 'byte', 'bytes')}`;
}

/** The sizes before and after as a bar. */
function OutcomeSummary({ outcome }: { outcome: Outcome }) {
	const { bytesIn, bytesOut } = outcome;
	if (outcome.kind === 'smaller') {
		const left = `${Math.max(1, (1 - outcome.savedShare) * 100)}%`;
		return (
			<div className={styles.outcome}>
				<p className={styles.saved}>
					<strong>{percent(outcome.savedShare)} smaller</strong>
					<span>
						{formatBytes(bytesIn)} → {formatBytes(bytesOut)}
					</span>
				</p>
				<svg className={styles.bar} aria-hidden="true">
					<rect className={styles.before} width="100%" height="100%" />
					<rect className={styles.after} width={left} height="100%" />
				</svg>
			</div>
		);
	}
	return (
		<p className={styles.saved}>
			<strong>{outcome.kind === 'same' ? 'Already optimized' : 'Done'}</strong>
			<span>
				{outcome.kind === 'same' ? exactSizes(outcome) : `${formatBytes(bytesIn)} → ${formatBytes(bytesOut)}`}
			</span>
		</p>
	);
}
