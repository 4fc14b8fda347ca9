import { Form } from '../forms/form.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import type { SecretField } from '../params/fields.ts';
import { Dialog } from '../ui/dialog.tsx';

/** The path in the API's error details. */
const inputName = ({ name }: SecretField) => `params.${name}`;

/** Asks for the passwords that a job needs, because they are not stored. */
export function RunAgainDialog({
	secrets,
	call,
	onClose,
}: {
	secrets: readonly SecretField[];
	call: (secrets: Record<string, string>) => Promise<unknown>;
	onClose: () => void;
}) {
	const form = useForm({
		fields: secrets.map(inputName),
		call: (values) =>
			call(Object.fromEntries(secrets.map((secret) => [secret.name, values[inputName(secret)] ?? '']))),
		onDone: onClose,
	});
	return (
		<Dialog title="Run again" onClose={onClose}>
			<p>
				creatorr doesn’t keep passwords. Enter the {secrets.length === 1 ? 'password' : 'passwords'} to run
				this job.
			</p>
			<Form form={form} label="Run again" submit="Run again" pending="Starting…">
				{secrets.map((secret) => (
					<PasswordField
						key={secret.name}
						label={secret.label}
						name={inputName(secret)}
						autoComplete="off"
						error={form.errors[inputName(secret)]}
					/>
				))}
			</Form>
		</Dialog>
	);
}
