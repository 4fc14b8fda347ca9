import { FileText, Pause, Play, Trash2, X } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import { Button } from '../../../ui/button.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { useKeptFocus } from '../../../ui/use-kept-focus.ts';
import { holdOf } from '../../../works/hold.ts';
import { newId } from '../../../works/new-id.ts';
import { useWorld, works } from '../../../works/the-works.ts';
import { isOver, type Work } from '../../../works/work.ts';
import { MissingFile } from './missing-file.tsx';
import { SecretsForm } from './secrets-form.tsx';
import { progressOf, statusWords } from './status-words.ts';
import type { ToolChoice } from './tool-choice.ts';
import { useNow } from './use-now.ts';
import { WorkFailure } from './work-failure.tsx';
import { WorkResult } from './work-result.tsx';
import styles from './work-row.module.css';

/** One file: where it is on its way, and what can be done about it. */
export function WorkRow({ work, choice, isOnly }: { work: Work; choice: ToolChoice; isOnly: boolean }) {
	const titleId = useId();
	const row = useRef<HTMLLIElement>(null);
	useKeptFocus(row);
	const { stage, source } = work;
	return (
		<li ref={row} tabIndex={-1} className={styles.row} data-stage={stage.kind} aria-labelledby={titleId}>
			<div className={styles.head}>
				<FileText className={styles.icon} size={28} strokeWidth={1.5} aria-hidden="true" />
				<div className={styles.name}>
					<h3 id={titleId}>{source.name}</h3>
					<Status work={work} choice={choice} />
				</div>
				<div className={styles.actions}>
					<Actions work={work} />
				</div>
			</div>
			<Progress work={work} />
			<Details work={work} choice={choice} isOnly={isOnly} />
		</li>
	);
}

/** Where it is, in a line; of what is over, that is told below. */
function Status({ work, choice }: { work: Work; choice: ToolChoice }) {
	const world = useWorld();
	const now = useNow(work.stage.kind === 'queued');
	const { kind } = work.stage;
	const words =
		kind === 'succeeded' || kind === 'failed'
			? formatBytes(work.source.sizeBytes)
			: statusWords(work, { hold: holdOf(work, world), tool: choice.tool, now });
	return <p className={styles.status}>{words}</p>;
}

function Progress({ work }: { work: Work }) {
	const world = useWorld();
	const { kind } = work.stage;
	const isMoving = kind === 'uploading' || kind === 'creating' || kind === 'queued' || kind === 'running';
	if (!isMoving && kind !== 'paused' && kind !== 'waiting' && kind !== 'canceling') return null;
	const progress = progressOf(work);
	const isHeld = kind === 'paused' || holdOf(work, world) !== null;
	return (
		<progress
			className={styles.progress}
			aria-label={`Progress of ${work.source.name}`}
			data-held={isHeld || undefined}
			{...(progress === null && !isHeld ? {} : { value: progress ?? 0 })}
		/>
	);
}

function Actions({ work }: { work: Work }) {
	const { name } = work.source;
	const { kind } = work.stage;
	const button = (label: string, icon: ReactNode, run: () => void) => (
		<Button look="quiet" small aria-label={`${label} ${name}`} title={label} onClick={run}>
			{icon}
		</Button>
	);
	if (isOver(work)) {
		return button('Remove', <Trash2 size={18} aria-hidden="true" />, () => works.remove(work.id));
	}
	if (kind === 'canceling') return null;
	const isPaused = kind === 'paused';
	return (
		<>
			{/* one button that changes, so that the focus stays in it */}
			{(isPaused || kind === 'uploading' || kind === 'waiting') &&
				button(
					isPaused ? 'Resume' : 'Pause',
					isPaused ? <Play size={18} aria-hidden="true" /> : <Pause size={18} aria-hidden="true" />,
					() => works.command(work.id, { type: isPaused ? 'resume' : 'pause' }),
				)}
			{button('Cancel', <X size={18} aria-hidden="true" />, () => works.command(work.id, { type: 'cancel' }))}
		</>
	);
}

function Details({ work, choice, isOnly }: { work: Work; choice: ToolChoice; isOnly: boolean }) {
	const { stage } = work;
	switch (stage.kind) {
		case 'succeeded':
			return <WorkResult work={work} job={stage.job} output={stage.output} choice={choice} isOnly={isOnly} />;
		case 'failed':
			return <WorkFailure work={work} problem={stage.problem} choice={choice} />;
		case 'file-missing':
			return <MissingFile work={work} />;
		case 'secrets-missing':
			return (
				<SecretsForm
					inputs={work.secretNames.map((name) => ({
						name,
						label: choice.fields.find((field) => field.name === name)?.label ?? name,
					}))}
					submit="Go on"
					onSecrets={(secrets) => works.command(work.id, { type: 'secrets-given' }, { secrets })}
				/>
			);
		case 'canceled':
			return (
				<div>
					<Button small onClick={() => works.command(work.id, { type: 'retry', key: newId() })}>
						Start again
					</Button>
				</div>
			);
		default:
			return null;
	}
}
