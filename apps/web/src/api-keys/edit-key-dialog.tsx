import type { ApiKey } from '@creatorr/client';
import { api } from '../api/client.ts';
import { useTools } from '../api/tools.ts';
import { Form } from '../forms/form.tsx';
import { useForm } from '../forms/use-form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './api-keys-page.module.css';
import { changeOf, errorsByField, notesOf } from './key-change.ts';
import { LinesField } from './lines-field.tsx';
import { NameField } from './name-field.tsx';

/** Changes the name of a key, its tools, its addresses and its notes. */
export function EditKeyDialog({
	apiKey,
	onChanged,
	onClose,
}: {
	apiKey: ApiKey;
	onChanged: (changed: ApiKey) => void;
	onClose: () => void;
}) {
	const form = useForm({
		fields: ['name', 'allowed_ips', 'metadata'],
		call: (values) => api.keys.update(apiKey.id, changeOf(apiKey, values)),
		onDone: onChanged,
		fieldErrorsOf: errorsByField,
	});
	return (
		<Dialog title={`Edit “${apiKey.name}”`} onClose={onClose}>
			<Form
				form={form}
				label="Edit API key"
				submit="Save"
				pending="Saving…"
				aside={<Button onClick={onClose}>Cancel</Button>}
			>
				<NameField defaultValue={apiKey.name} error={form.errors.name} />
				<ToolChoices chosen={apiKey.tools ?? []} />
				<LinesField
					label="IP addresses"
					name="allowed_ips"
					lines={apiKey.allowed_ips ?? []}
					hint="One address or range per line, such as 192.0.2.0/24. Leave it empty to allow every address."
					error={form.errors.allowed_ips}
				/>
				<LinesField
					label="Notes"
					name="metadata"
					lines={notesOf(apiKey)}
					hint="One name and value per line, such as team=web. In the API, notes are metadata."
					error={form.errors.metadata}
				/>
			</Form>
		</Dialog>
	);
}

/** Tools by title. Also shows tools of the key that no worker offers now. */
function ToolChoices({ chosen }: { chosen: readonly string[] }) {
	const { data: tools = [] } = useTools();
	const titles = new Map([
		...chosen.map((slug) => [slug, slug] as const),
		...tools.map(({ slug, title }) => [slug, title] as const),
	]);
	return (
		<fieldset className={styles.scopes}>
			<legend>Tools</legend>
			<p className={styles.facts}>Select none to allow every tool.</p>
			{[...titles].map(([slug, title]) => (
				<label key={slug}>
					<input type="checkbox" name={`tool ${slug}`} defaultChecked={chosen.includes(slug)} />
					<span>
						{title} {title !== slug && <code>{slug}</code>}
					</span>
				</label>
			))}
		</fieldset>
	);
}
