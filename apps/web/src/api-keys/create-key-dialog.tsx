import type { NewApiKey } from '@creatorr/client';
import { api } from '../api/client.ts';
import { Form } from '../forms/form.tsx';
import { useForm } from '../forms/use-form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './api-keys-page.module.css';
import { describeLostKey } from './describe-lost-key.ts';
import { DEFAULT_SCOPES, expiryOf, LIFETIMES, SCOPE_TEXTS, selectedScopes } from './key-choices.ts';
import { NameField } from './name-field.tsx';
import { SelectField } from './select-field.tsx';

/** Asks what a new key is for and what it may do. */
export function CreateKeyDialog({
	onCreated,
	onClose,
}: {
	onCreated: (created: NewApiKey) => void;
	onClose: () => void;
}) {
	const form = useForm({
		fields: ['name', 'scopes'],
		call: (values) =>
			api.keys.create({
				name: values.name ?? '',
				scopes: selectedScopes(values),
				expires_at: expiryOf(Number(values.lifetime), Date.now()),
			}),
		onDone: onCreated,
		describeError: describeLostKey,
	});
	return (
		<Dialog title="Create an API key" onClose={onClose}>
			<Form
				form={form}
				label="Create an API key"
				submit="Create key"
				pending="Creating…"
				aside={<Button onClick={onClose}>Cancel</Button>}
			>
				<NameField hint="What will use it, such as “Build server”." error={form.errors.name} />
				<fieldset className={styles.scopes}>
					<legend>It may</legend>
					{Object.entries(SCOPE_TEXTS).map(([scope, text]) => (
						<label key={scope}>
							<input type="checkbox" name={scope} defaultChecked={DEFAULT_SCOPES.has(scope)} />
							<span>
								{text} <code>{scope}</code>
							</span>
						</label>
					))}
					{form.errors.scopes && <p className={styles.error}>Choose at least one.</p>}
				</fieldset>
				<SelectField
					label="Expires"
					name="lifetime"
					options={LIFETIMES.map(({ days, text }) => ({ value: days, text }))}
				/>
			</Form>
		</Dialog>
	);
}
