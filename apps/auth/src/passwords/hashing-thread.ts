import bcrypt from 'bcrypt';
import type { HashingQuestion } from './password-hashing.ts';
import { answerQuestions } from './thread-pool.ts';

answerQuestions((question: HashingQuestion) =>
	question.type === 'hash'
		? bcrypt.hashSync(question.password, question.cost)
		: bcrypt.compareSync(question.password, question.hash),
);
