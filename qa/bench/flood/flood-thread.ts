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

/** With the right password: wrong ones are slowed after some, and cost little from then on. */
async function signIn(): Promise<number> {
	const answer = await fetch(`${baseUrl}/v1/auth/login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email, password }),
	});
	await answer.arrayBuffer();
	return answer.status;
}

async function keepSigningIn(): Promise<void> {
	while (!isOver) {
		const status = await signIn().catch(() => 0);
		answers[status] = (answers[status] ?? 0) + 1;
	}
}

parentPort?.once('message', () => {
	isOver = true;
});
await Promise.all(Array.from({ length: connections }, keepSigningIn));
parentPort?.postMessage(answers);
