import type { Job, Tool, User } from '@creatorr/client';
import { Download, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { fieldsOf } from '../tool-page/params/fields.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import styles from './job-actions.module.css';
import { isOver } from './job-queries.ts';
import { requiredSecrets } from './required-secrets.ts';
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
	const [open, setOpen] = useState<'secrets' | 'remove'>();
	// only the tool's schema tells which params are secrets, which the API redacts
	const secrets = tool && requiredSecrets(job, fieldsOf(tool));

	if (!isOver(job)) {
		return (
			<div className={styles.actions}>
				<Button
					small
					aria-label={`Cancel ${name}`}
					aria-disabled={calls.cancel.isPending}
					onClick={() => !calls.cancel.isPending && calls.cancel.mutate()}
				>
					{calls.cancel.isPending ? 'Canceling…' : 'Cancel'}
				</Button>
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
			{secrets && !isInputGone && (
				<Button
					variant="quiet"
					small
					aria-label={`Run again: ${name}`}
					aria-disabled={calls.runAgain.isPending}
					onClick={() => {
						if (secrets.length > 0) setOpen('secrets');
						else if (!calls.runAgain.isPending) calls.runAgain.mutate();
					}}
				>
					<RotateCw className={styles.icon} size={16} aria-hidden="true" />
					Run again
				</Button>
			)}
			<Button
				variant="quiet"
				small
				aria-label={`Remove ${name} from history`}
				onClick={() => setOpen('remove')}
			>
				<Trash2 size={16} aria-hidden="true" />
			</Button>
			{secrets && open === 'secrets' && (
				<RunAgainDialog secrets={secrets} call={calls.startAgain} onClose={() => setOpen(undefined)} />
			)}
			{open === 'remove' && (
				<ConfirmDialog
					title="Remove from history?"
					text="Removes the job on all your devices. Its files stay under Files until they expire."
					confirm="Remove"
					onConfirm={() => calls.remove.mutate(job.id)}
					onClose={() => setOpen(undefined)}
				/>
			)}
		</div>
	);
}
