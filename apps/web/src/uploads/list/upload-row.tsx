import { formatBytes } from '@creatorr/client';
import { FileText, Pause, Play, X } from 'lucide-react';
import { type ReactNode, useId, useRef } from 'react';
import type { ToolParams } from '../../params/use-params.ts';
import { Button } from '../../ui/button.tsx';
import { useNow } from '../../ui/clock.ts';
import { useRestoredFocus } from '../../ui/focus.ts';
import { blockerOf } from '../next-effect.ts';
import { hasEnded, newId, type Upload } from '../upload.ts';
import { uploads, useUploadContext } from '../uploads.ts';
import { MissingFile } from './missing-file.tsx';
import { SecretsForm } from './secrets-form.tsx';
import { progressOf, statusText } from './status-text.ts';
import { UploadFailure } from './upload-failure.tsx';
import { UploadResult } from './upload-result.tsx';
import styles from './upload-row.module.css';

/** An upload with its status and buttons. */
export function UploadRow({
	upload,
	params,
	isOnly,
}: {
	upload: Upload;
	params: ToolParams;
	isOnly: boolean;
}) {
	const titleId = useId();
	const row = useRef<HTMLLIElement>(null);
	useRestoredFocus(row);
	const { stage, source } = upload;
	return (
		<li ref={row} tabIndex={-1} className={styles.row} data-stage={stage.kind} aria-labelledby={titleId}>
			<div className={styles.head}>
				<FileText className={styles.icon} size={28} strokeWidth={1.5} aria-hidden="true" />
				<div className={styles.name}>
					<h3 id={titleId}>{source.name}</h3>
					<Status upload={upload} params={params} />
				</div>
				<div className={styles.actions}>
					<Actions upload={upload} />
				</div>
			</div>
			<Progress upload={upload} />
			<Details upload={upload} params={params} isOnly={isOnly} />
		</li>
	);
}

/** The status line. Finished uploads show their outcome below it. */
function Status({ upload, params }: { upload: Upload; params: ToolParams }) {
	const context = useUploadContext();
	const now = useNow(upload.stage.kind === 'queued');
	const { kind } = upload.stage;
	const status =
		kind === 'succeeded' || kind === 'failed'
			? formatBytes(upload.source.sizeBytes)
			: statusText(upload, { blocker: blockerOf(upload, context), tool: params.tool, now });
	return <p className={styles.status}>{status}</p>;
}

function Progress({ upload }: { upload: Upload }) {
	const context = useUploadContext();
	const { kind } = upload.stage;
	const isMoving = kind === 'uploading' || kind === 'creating' || kind === 'queued' || kind === 'running';
	if (!isMoving && kind !== 'paused' && kind !== 'waiting' && kind !== 'canceling') return null;
	const progress = progressOf(upload);
	const isBlocked = kind === 'paused' || blockerOf(upload, context) !== null;
	return (
		<progress
			className={styles.progress}
			aria-label={`Progress of ${upload.source.name}`}
			data-held={isBlocked || undefined}
			{...(progress === null && !isBlocked ? {} : { value: progress ?? 0 })}
		/>
	);
}

function Actions({ upload }: { upload: Upload }) {
	const { name } = upload.source;
	const { kind } = upload.stage;
	const button = (label: string, icon: ReactNode, run: () => void) => (
		<Button variant="quiet" small aria-label={`${label} ${name}`} title={label} onClick={run}>
			{icon}
		</Button>
	);
	if (hasEnded(upload)) {
		return (
			<Button
				variant="quiet"
				small
				aria-label={`Remove ${name} from this list`}
				title="Remove from this list"
				onClick={() => void uploads.remove(upload.id)}
			>
				<X size={18} aria-hidden="true" />
			</Button>
		);
	}
	if (kind === 'canceling') return null;
	const isPaused = kind === 'paused';
	return (
		<>
			{/* one button for both, so that it keeps the focus */}
			{(isPaused || kind === 'uploading' || kind === 'waiting') &&
				button(
					isPaused ? 'Resume' : 'Pause',
					isPaused ? <Play size={18} aria-hidden="true" /> : <Pause size={18} aria-hidden="true" />,
					() => uploads.command(upload.id, { type: isPaused ? 'resume' : 'pause' }),
				)}
			{button('Cancel', <X size={18} aria-hidden="true" />, () =>
				uploads.command(upload.id, { type: 'cancel' }),
			)}
		</>
	);
}

function Details({ upload, params, isOnly }: { upload: Upload; params: ToolParams; isOnly: boolean }) {
	const { stage } = upload;
	switch (stage.kind) {
		case 'succeeded':
			return (
				<UploadResult upload={upload} job={stage.job} output={stage.output} params={params} isOnly={isOnly} />
			);
		case 'failed':
			return <UploadFailure upload={upload} problem={stage.problem} params={params} />;
		case 'file-missing':
			return <MissingFile upload={upload} />;
		case 'secrets-missing':
			return (
				<SecretsForm
					inputs={upload.secretNames.map((name) => ({
						name,
						label: params.fields.find((field) => field.name === name)?.label ?? name,
					}))}
					submit="Continue"
					onSecrets={(secrets) => uploads.command(upload.id, { type: 'secrets-given' }, { secrets })}
				/>
			);
		case 'canceled':
			return (
				<div>
					<Button small onClick={() => uploads.command(upload.id, { type: 'retry', key: newId() })}>
						Start again
					</Button>
				</div>
			);
		default:
			return null;
	}
}
