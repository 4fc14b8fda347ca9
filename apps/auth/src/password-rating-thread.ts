import { parentPort } from 'node:worker_threads';
import { ratePassword } from '@creatorr/password-strength/rate-password';
import { lowerOwnPriority } from './lower-priority.ts';
import type { RatingQuestion } from './password-threads.ts';
import type { ThreadAnswer } from './thread-pool.ts';

function answer({ password, email }: RatingQuestion): ThreadAnswer {
	try {
		return { value: ratePassword(password, email) };
	} catch (error) {
		return { error: String(error) };
	}
}

lowerOwnPriority();
parentPort?.on('message', (question: RatingQuestion) => parentPort?.postMessage(answer(question)));
