import { Form } from '../../forms/form.tsx';
import { PasswordField } from '../../forms/password-field.tsx';
import { useForm } from '../../forms/use-form.ts';
import { Dialog } from '../../ui/dialog.tsx';

/** Asks for the passwords that a job needs: nobody keeps them. */
export function RunAgainDialog({
	secrets,
	call,
	onClose,
}: {
	/** The names of the params. */
	secrets: readonly string[];
	call: (given: Record<string, string>) => Promise<unknown>;
	onClose: () => void;
}) {
	const form = useForm({ fields: secrets, call, onDone: onClose });
	return (
		<Dialog title="Run it again" onClose={onClose}>
			<p>The file is protected. Its password is used for this once, and not kept.</p>
			<Form form={form} label="Run it again" submit="Run again" pending="Starting…">
				{secrets.map((name) => (
					<PasswordField
						key={name}
						label={labelOf(name)}
						name={name}
						autoComplete="off"
						error={form.errors[name]}
					/>
				))}
			</Form>
		</Dialog>
	);
}

function labelOf(name: string): string {
	const words = name.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
