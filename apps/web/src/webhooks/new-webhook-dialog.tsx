import type { CreatedWebhook } from '@creatorr/client';
import { api } from '../api/client.ts';
import { Field } from '../forms/field.tsx';
import { Form } from '../forms/form.tsx';
import { useForm } from '../forms/use-form.ts';
import { Dialog } from '../ui/dialog.tsx';

/** Adds an endpoint that receives all types of events. */
export function NewWebhookDialog({
	onClose,
	onCreated,
}: {
	onClose: () => void;
	onCreated: (webhook: CreatedWebhook) => void;
}) {
	const form = useForm({
		fields: ['url', 'description'],
		call: ({ url = '', description = '' }) =>
			api.webhooks.create({ url, ...(description !== '' && { description }) }),
		onDone: onCreated,
	});
	return (
		<Dialog title="Add endpoint" onClose={onClose}>
			<Form form={form} label="Add endpoint" submit="Add endpoint" pending="Adding…">
				<Field
					label="URL"
					name="url"
					type="url"
					required
					placeholder="https://example.com/webhooks"
					hint="Receives all events. It must start with https:// and be public."
					error={form.errors.url}
				/>
				<Field
					label="Description (optional)"
					name="description"
					maxLength={255}
					error={form.errors.description}
				/>
			</Form>
		</Dialog>
	);
}
