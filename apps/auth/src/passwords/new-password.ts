import { validationError } from '@creatorr/contracts/validation';
import { LOWEST_SCORE } from '@creatorr/password-strength/lowest-score';
import type { FairQueue, QueueRequest } from '../password-check/fair-queue.ts';
import type { Passwords, RatePassword } from '../password-hashing/password-hashing.ts';

export interface NewPasswordDeps {
	queue: FairQueue;
	passwords: Passwords;
	ratePassword: RatePassword;
}

interface NewPassword {
	password: string;
	/** The account's email in lower case. */
	email: string;
	/** The field of the request. */
	path: string;
}

/**
 * Hashes a new password in its turn. Throws `validation` if it is easy to guess or contains the email, and `rate_limited`.
 */
export function hashNewPassword(
	deps: NewPasswordDeps,
	{ password, email, path }: NewPassword,
	turn: QueueRequest,
): Promise<string> {
	const refuse = (message: string) => validationError([{ path, message }]);
	return deps.queue(turn, async () => {
		const { score, containsEmail } = await deps.ratePassword(password, email);
		if (containsEmail) throw refuse('must not contain your email address');
		if (score < LOWEST_SCORE)
			throw refuse('is too easy to guess; use several unrelated words, or a password manager');
		return await deps.passwords.hash(password);
	});
}
