import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';
import { lowerOwnPriority } from './lower-priority.ts';
import type { PasswordQuestion } from './password-threads.ts';
import type { ThreadAnswer } from './thread-pool.ts';

function answer(question: PasswordQuestion): ThreadAnswer {
	try {
		if (question.type === 'hash') return { value: bcrypt.hashSync(question.password, question.cost) };
		return { value: bcrypt.compareSync(question.password, question.hash) };
	} catch (error) {
		return { error: String(error) };
	}
}

lowerOwnPriority();
parentPort?.on('message', (question: PasswordQuestion) => parentPort?.postMessage(answer(question)));
