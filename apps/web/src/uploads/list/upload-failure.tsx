import { typeOf } from '../../file-drop/media-types.ts';
import type { ToolParams } from '../../params/use-params.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { endSentence } from '../../ui/format.ts';
import { newId, type Problem, type Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import { describeFailure, passwordField, type Remedy, splitInstructions } from './describe-failure.ts';
import { SecretsForm } from './secrets-form.tsx';
import styles from './upload-row.module.css';

interface FailureProps {
	upload: Upload;
	problem: Problem;
	params: ToolParams;
}

/** Shows why an upload failed, with its remedies. */
export function UploadFailure({ upload, problem, params }: FailureProps) {
	const { title, text, remedies } = describeFailure(problem, params.fields);
	const { name, mimeType: type } = upload.source;
	return (
		<div className={styles.failure}>
			<p>
				<strong>{endSentence(title)}</strong> {text} {splitInstructions(text, typeOf({ name, type }))}
			</p>
			{remedies.length > 0 && (
				<div className={styles.remedies}>
					{remedies.map((remedy) => (
						<div key={remedy}>
							<RemedyControl remedy={remedy} upload={upload} problem={problem} params={params} />
						</div>
					))}
				</div>
			)}
		</div>
	);
}

function RemedyControl({ remedy, upload, problem, params }: FailureProps & { remedy: Remedy }) {
	switch (remedy) {
		case 'try-again':
		case 'upload-again':
			return (
				<Button small onClick={() => uploads.command(upload.id, { type: 'retry', key: newId() })}>
					{remedy === 'try-again' ? 'Try again' : 'Upload again'}
				</Button>
			);
		case 'change-options':
			return (
				<Button small disabled={params.isInvalid} onClick={() => retryWithOptions(upload, params)}>
					Try again with the current options
				</Button>
			);
		case 'give-password': {
			const name = passwordField(problem, params.fields) ?? '';
			return (
				<SecretsForm
					inputs={[{ name, label: `Password for ${upload.source.name}` }]}
					submit="Unlock"
					takesFocus={problem.code === 'wrong_password'}
					onSecrets={(secrets) => retryWithSecrets(upload, secrets)}
				/>
			);
		}
		case 'delete-files':
			return (
				<ButtonLink small to="/files">
					Go to Files
				</ButtonLink>
			);
		case 'upgrade':
			return (
				<ButtonLink small to="/pricing">
					See Pro
				</ButtonLink>
			);
	}
}

function retryWithOptions({ id }: Upload, { toSend: { params, secrets } }: ToolParams): void {
	uploads.command(
		id,
		{ type: 'retry', key: newId(), params, secretNames: Object.keys(secrets) },
		{ secrets },
	);
}

function retryWithSecrets({ id, secretNames: before }: Upload, secrets: Record<string, string>): void {
	const secretNames = [...new Set([...before, ...Object.keys(secrets)])];
	uploads.command(id, { type: 'retry', key: newId(), secretNames }, { secrets });
}
