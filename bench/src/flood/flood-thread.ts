import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** Told by whoever starts this thread. */
export interface FloodOrder {
	baseUrl: string;
	connections: number;
	email: string;
	password: string;
}

/** How often each status was answered; 0 for no answer. */
export type FloodAnswers = Record<string, number>;

const { baseUrl, connections, email, password } = workerData as FloodOrder;
const answers: FloodAnswers = {};
let isOver = false;

/** Right passwords, which nothing slows, and wrong ones of people who do not exist, in turn. */
function attemptOf(index: number): { email: string; password: string } {
	if (index % 2 === 0) return { email, password };
	return { email: `flood-${randomBytes(9).toString('hex')}@example.com`, password: 'wrong password' };
}

async function signIn(index: number): Promise<number> {
	const answer = await fetch(`${baseUrl}/v1/auth/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(attemptOf(index)),
	});
	await answer.arrayBuffer();
	return answer.status;
}

async function keepSigningIn(index: number): Promise<void> {
	while (!isOver) {
		const status = await signIn(index).catch(() => 0);
		answers[status] = (answers[status] ?? 0) + 1;
	}
}

parentPort?.once('message', () => {
	isOver = true;
});
await Promise.all(Array.from({ length: connections }, (_, index) => keepSigningIn(index)));
parentPort?.postMessage(answers);
