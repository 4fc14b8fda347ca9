import type { ReactNode } from 'react';
import type { ToolParams } from '../../tool-page/params/use-params.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { newId, type Problem, type Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import { describeFailure, passwordField, type Remedy } from './describe-failure.ts';
import { SecretsForm } from './secrets-form.tsx';
import styles from './upload-row.module.css';

/** Shows why an upload failed, with its remedies. */
export function UploadFailure({
	upload,
	problem,
	params,
}: {
	upload: Upload;
	problem: Problem;
	params: ToolParams;
}) {
	const { fields } = params;
	const failure = describeFailure(problem, fields);
	const tryAgain = () => uploads.command(upload.id, { type: 'retry', key: newId() });
	const withOptions = () => {
		const { params: changed, secrets } = params.toSend;
		const command = {
			type: 'retry',
			key: newId(),
			params: changed,
			secretNames: Object.keys(secrets),
		} as const;
		uploads.command(upload.id, command, { secrets });
	};
	const withSecrets = (secrets: Record<string, string>) => {
		const secretNames = [...new Set([...upload.secretNames, ...Object.keys(secrets)])];
		uploads.command(upload.id, { type: 'retry', key: newId(), secretNames }, { secrets });
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
			<Button small disabled={params.isInvalid} onClick={withOptions}>
				Try again with these options
			</Button>
		),
		'give-password': () => (
			<SecretsForm
				inputs={[{ name: passwordField(problem, fields) ?? '', label: `Password of ${upload.source.name}` }]}
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
