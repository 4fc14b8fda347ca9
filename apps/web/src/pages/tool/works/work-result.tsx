import type { FileRow, Job } from '@creatorr/client';
import { Download, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { saveFile } from '../../../api/save-file.ts';
import { Button } from '../../../ui/button.tsx';
import { formatBytes, formatCount, formatDateTime } from '../../../ui/format.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { works } from '../../../works/the-works.ts';
import type { Work } from '../../../works/work.ts';
import { isFileGone } from './download.ts';
import { type Outcome, outcomeOf, percent, warningsOf } from './outcome.ts';
import { canCompare } from './preview/can-compare.ts';
import type { ToolChoice } from './tool-choice.ts';
import { useAction } from './use-action.ts';
import styles from './work-result.module.css';

const Comparison = lazy(() =>
	import('./preview/comparison.tsx').then(
		({ Comparison: loaded }) => ({ default: loaded }),
		// the result is there all the same
		() => ({ default: NoComparison }),
	),
);

function NoComparison() {
	return <p className={styles.note}>The pages can’t be shown just now. Reload this page to try it again.</p>;
}

/** What came out: how it went, what to know of it, and the way to take it home. */
export function WorkResult({
	work,
	job,
	output,
	choice,
	isOnly,
}: {
	work: Work;
	job: Job;
	output: FileRow | 'gone' | null;
	choice: ToolChoice;
	/** Nothing else is on the page, so there is room to show more. */
	isOnly: boolean;
}) {
	const outcome = outcomeOf(job, work.source, output);
	const warnings = warningsOf(job);
	const isGone = output === 'gone' || (output !== null && Date.parse(output.expires_at) <= Date.now());
	const id = job.output_file_id ?? '';
	const taking = useAction(async () => {
		try {
			await saveFile(id);
		} catch (error) {
			if (!isFileGone(error)) throw error;
			works.outputGone(work.id);
		}
	});
	const isComparable = !isGone && canCompare(output);
	const [isOpen, setOpen] = useState<boolean>();
	const isCompared = isComparable && (isOpen ?? isOnly);
	const again = () => {
		const { params, secrets } = choice.toSend();
		works.again(work, { tool: work.tool, params, secrets });
	};
	return (
		<div className={styles.result}>
			{outcome && <OutcomePicture outcome={outcome} />}
			{warnings.length > 0 && (
				<ul className={styles.warnings} aria-label="Good to know">
					{warnings.map((warning) => (
						<li key={warning}>{warning}</li>
					))}
				</ul>
			)}
			<div className={styles.actions}>
				{isGone ? (
					<p className={styles.note}>The result is no longer kept.</p>
				) : (
					<Button look="primary" small aria-disabled={taking.isBusy} onClick={taking.start}>
						<Download size={18} aria-hidden="true" />
						Download
					</Button>
				)}
				{isComparable && (
					<Button small aria-expanded={isCompared} onClick={() => setOpen(!isCompared)}>
						{isCompared ? 'Hide preview' : 'Compare'}
					</Button>
				)}
				<Button small look="quiet" disabled={choice.isWrong} onClick={again}>
					<RotateCcw size={16} aria-hidden="true" />
					Run again with these options
				</Button>
				{!isGone && output !== null && (
					<p className={styles.note}>Kept until {formatDateTime(output.expires_at)}</p>
				)}
			</div>
			{isCompared && output !== null && (
				<Suspense fallback={<Spinner label="Loading the pages" />}>
					<Comparison work={work} output={output} />
				</Suspense>
			)}
		</div>
	);
}

/** To the byte: rounded, both sizes would be the same. */
function exactSizes({ bytesIn, bytesOut }: Outcome): string {
	if (bytesIn === bytesOut) return `Still ${formatBytes(bytesOut)}`;
	return `${bytesIn.toLocaleString()} → ${formatCount(bytesOut, 'byte', 'bytes')}`;
}

/** Before and after, as lengths. */
function OutcomePicture({ outcome }: { outcome: Outcome }) {
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
