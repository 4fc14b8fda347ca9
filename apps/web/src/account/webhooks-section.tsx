import { ButtonLink } from '../ui/button.tsx';
import { Section } from './section.tsx';

/** Leads to the webhook endpoints. */
export function WebhooksSection() {
	return (
		<Section title="Webhooks" intro="For programs: we notify your own server when a file is done.">
			<ButtonLink to="/account/webhooks">Manage webhooks</ButtonLink>
		</Section>
	);
}
