import { ButtonLink } from '../ui/button.tsx';
import { Section } from './section.tsx';

/** Leads to the webhook endpoints. */
export function WebhooksSection() {
	return (
		<Section title="Webhooks" intro="Receive an event at your server when a job has ended.">
			<ButtonLink to="/account/webhooks">Manage webhooks</ButtonLink>
		</Section>
	);
}
