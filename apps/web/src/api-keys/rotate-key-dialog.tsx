import type { ApiKey, NewApiKey } from '@creatorr/client';
import { api } from '../api/client.ts';
import { Form } from '../forms/form.tsx';
import { useForm } from '../forms/use-form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { describeLostKey } from './describe-lost-key.ts';
import { GRACE_PERIODS } from './key-choices.ts';
import { SelectField } from './select-field.tsx';

/** Asks how long the old key still works, and replaces it. */
export function RotateKeyDialog({
	apiKey,
	onCreated,
	onClose,
}: {
	apiKey: ApiKey;
	onCreated: (created: NewApiKey) => void;
	onClose: () => void;
}) {
	const form = useForm({
		fields: [],
		call: ({ grace }) => api.keys.rotate(apiKey.id, { grace_seconds: Number(grace) }),
		onDone: onCreated,
		describeError: describeLostKey,
	});
	return (
		<Dialog title={`Rotate “${apiKey.name}”?`} onClose={onClose}>
			<p>You get a new key that may do the same and replaces this one. Put it where the old one is used.</p>
			<Form
				form={form}
				label="Rotate key"
				submit="Rotate key"
				pending="Rotating…"
				aside={<Button onClick={onClose}>Cancel</Button>}
			>
				<SelectField
					label="The old key works"
					name="grace"
					options={GRACE_PERIODS.map(({ seconds, text }) => ({ value: seconds, text }))}
				/>
			</Form>
		</Dialog>
	);
}
