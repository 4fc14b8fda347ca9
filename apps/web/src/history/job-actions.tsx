import type { Job, Tool, User } from '@creatorr/client';
import { Download, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { hasEnded } from '../api/job-queries.ts';
import { fieldsOf } from '../params/fields.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import styles from './job-actions.module.css';
import { canRunAgain, requiredSecrets } from './required-secrets.ts';
import { RunAgainDialog } from './run-again-dialog.tsx';
import { useJobActions } from './use-job-actions.ts';

interface Props {
	user: User;
	job: Job;
	tool: Tool | undefined;
	/** Names the job in the labels of the buttons. */
	name: string;
	isInputGone: boolean;
	isOutputGone: boolean;
}

/** The buttons of a job, by its status. */
export function JobActions({ user, job, tool, name, isInputGone, isOutputGone }: Props) {
	const calls = useJobActions(user.id, job);
	// only the tool's schema tells which params are secrets, which the API redacts
	const fields = tool && fieldsOf(tool);
	const secrets = fields && requiredSecrets(job, fields);
	const isRepeatable = fields !== undefined && canRunAgain(job, fields);
	if (!hasEnded(job)) {
		return (
			<div className={styles.actions}>
				<CancelButton calls={calls} name={name} />
			</div>
		);
	}
	return (
		<div className={styles.actions}>
			{job.status === 'succeeded' && !isOutputGone && (
				<Button small aria-label={`Download the result of ${name}`} onClick={() => calls.save.mutate()}>
					<Download className={styles.icon} size={16} aria-hidden="true" />
					Download
				</Button>
			)}
			{secrets && isRepeatable && !isInputGone && (
				<RunAgainButton calls={calls} name={name} secrets={secrets} />
			)}
			<RemoveButton calls={calls} name={name} jobId={job.id} />
		</div>
	);
}

interface ButtonProps {
	calls: ReturnType<typeof useJobActions>;
	name: string;
}

function CancelButton({ calls: { cancel }, name }: ButtonProps) {
	return (
		<Button
			small
			aria-label={`Cancel ${name}`}
			aria-disabled={cancel.isPending}
			onClick={() => !cancel.isPending && cancel.mutate()}
		>
			{cancel.isPending ? 'Canceling…' : 'Cancel'}
		</Button>
	);
}

/** Asks for the secrets of the job first, if it has any. */
function RunAgainButton({
	calls,
	name,
	secrets,
}: ButtonProps & { secrets: ReturnType<typeof requiredSecrets> }) {
	const [isAsking, setAsking] = useState(false);
	return (
		<>
			<Button
				variant="quiet"
				small
				aria-label={`Run again: ${name}`}
				aria-disabled={calls.runAgain.isPending}
				onClick={() => {
					if (secrets.length > 0) setAsking(true);
					else if (!calls.runAgain.isPending) calls.runAgain.mutate();
				}}
			>
				<RotateCw className={styles.icon} size={16} aria-hidden="true" />
				Run again
			</Button>
			{isAsking && (
				<RunAgainDialog secrets={secrets} call={calls.startAgain} onClose={() => setAsking(false)} />
			)}
		</>
	);
}

function RemoveButton({ calls, name, jobId }: ButtonProps & { jobId: string }) {
	const [isAsking, setAsking] = useState(false);
	return (
		<>
			<Button
				variant="quiet"
				small
				aria-label={`Remove ${name} from history`}
				onClick={() => setAsking(true)}
			>
				<Trash2 size={16} aria-hidden="true" />
			</Button>
			{isAsking && (
				<ConfirmDialog
					title="Remove from history?"
					text="Removes the job on all your devices. Its files stay under Files until they expire."
					confirm="Remove"
					onConfirm={() => calls.remove.mutate(jobId)}
					onClose={() => setAsking(false)}
				/>
			)}
		</>
	);
}
