import { validationError } from '@creatorr/contracts/validation';
import { LOWEST_RATING } from '@creatorr/password-strength/lowest-rating';
import type { Passwords } from './passwords.ts';

/** From 0 to 4, as {@link LOWEST_RATING} says. Takes up to 0.5 s of a core: run it in the bounded line that hashes passwords. */
export type RatePassword = (password: string, email: string) => Promise<number>;

export interface NewPasswordDeps {
	passwords: Passwords;
	ratePassword: RatePassword;
}

interface NewPassword {
	password: string;
	/** Of the account, in lower case. */
	email: string;
	/** The field of the request. */
	path: string;
}

/** Hashes a password that somebody chooses. Throws `validation` when it is easy to guess or contains the email. */
export async function hashNewPassword(
	deps: NewPasswordDeps,
	{ password, email, path }: NewPassword,
): Promise<string> {
	const refuse = (message: string) => validationError([{ path, message }]);
	if (password.toLowerCase().includes(email)) throw refuse('must not contain your email address');
	const rating = await deps.ratePassword(password, email);
	if (rating < LOWEST_RATING)
		throw refuse('must be harder to guess: use several unrelated words, or a password manager');
	return await deps.passwords.hash(password);
}
