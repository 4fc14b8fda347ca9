import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';
import type { PasswordAnswer, PasswordQuestion } from './password-threads.ts';

/** Of what wants the same core, others get about ten times as much. */
const LOW = 10;

function lowerOwnPriority(): void {
	// Linux takes it for this thread alone; elsewhere it would be the whole process.
	if (process.platform === 'linux') setPriority(0, LOW);
}

function answer(question: PasswordQuestion): PasswordAnswer {
	try {
		if (question.type === 'hash') return { value: bcrypt.hashSync(question.password, question.cost) };
		return { value: bcrypt.compareSync(question.password, question.hash) };
	} catch (error) {
		return { error: String(error) };
	}
}

lowerOwnPriority();
parentPort?.on('message', (question: PasswordQuestion) => parentPort?.postMessage(answer(question)));
