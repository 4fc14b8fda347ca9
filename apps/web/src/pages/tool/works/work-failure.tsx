import type { ReactNode } from 'react';
import { Button, ButtonLink } from '../../../ui/button.tsx';
import { newId } from '../../../works/new-id.ts';
import { works } from '../../../works/the-works.ts';
import type { Problem, Work } from '../../../works/work.ts';
import { failureOf, passwordField, type Remedy } from './failure.ts';
import { SecretsForm } from './secrets-form.tsx';
import type { ToolChoice } from './tool-choice.ts';
import styles from './work-row.module.css';

/** Why a work failed, and what helps. */
export function WorkFailure({ work, problem, choice }: { work: Work; problem: Problem; choice: ToolChoice }) {
	const { fields } = choice;
	const failure = failureOf(problem, fields);
	const tryAgain = () => works.command(work.id, { type: 'retry', key: newId() });
	const withOptions = () => {
		const { params, secrets } = choice.toSend();
		const command = { type: 'retry', key: newId(), params, secretNames: Object.keys(secrets) } as const;
		works.command(work.id, command, { secrets });
	};
	const withSecrets = (secrets: Record<string, string>) => {
		const secretNames = [...new Set([...work.secretNames, ...Object.keys(secrets)])];
		works.command(work.id, { type: 'retry', key: newId(), secretNames }, { secrets });
	};
	const remedy: Record<Remedy, () => ReactNode> = {
		'try-again': () => (
			<Button small onClick={tryAgain}>
				Try again
			</Button>
		),
		'upload-again': () => (
			<Button small onClick={tryAgain}>
				Upload again
			</Button>
		),
		'change-options': () => (
			<Button small disabled={choice.isWrong} onClick={withOptions}>
				Try again with these options
			</Button>
		),
		'give-password': () => (
			<SecretsForm
				inputs={[{ name: passwordField(problem, fields) ?? '', label: `Password of ${work.source.name}` }]}
				submit="Open it"
				takesFocus={problem.code === 'wrong_password'}
				onSecrets={withSecrets}
			/>
		),
		upgrade: () => (
			<ButtonLink small to="/account">
				See Pro
			</ButtonLink>
		),
	};
	return (
		<div className={styles.failure}>
			<p>
				<strong>{failure.title}.</strong> {failure.text}
			</p>
			{failure.remedies.length > 0 && (
				<div className={styles.remedies}>
					{failure.remedies.map((name) => (
						<div key={name}>{remedy[name]()}</div>
					))}
				</div>
			)}
		</div>
	);
}
