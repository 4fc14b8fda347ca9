import type { User } from '@creatorr/client';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { DeleteAccountDialog } from './delete-account-dialog.tsx';

/** The end of the account. */
export function DeleteAccountSection({ user }: { user: User }) {
	const [isOpen, setOpen] = useState(false);
	return (
		<Section title="Delete the account" intro="It can’t be undone.">
			<p>All your files and jobs go with it, and a subscription is canceled.</p>
			<Button look="danger" onClick={() => setOpen(true)}>
				Delete account…
			</Button>
			{isOpen && <DeleteAccountDialog user={user} onClose={() => setOpen(false)} />}
		</Section>
	);
}
