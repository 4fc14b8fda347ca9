import { toast } from '../ui/toasts.ts';
import { api } from './client.ts';
import { session } from './session.ts';

/** Ends the session: with the API, and in any case in this browser. */
export async function signOut(): Promise<void> {
	try {
		await api.account.logout();
	} catch {
		if (session.get().kind === 'in') {
			toast({
				text: 'You are signed out here. creatorr could not be told: end the session in your account.',
			});
		}
	}
	session.signOut();
}
