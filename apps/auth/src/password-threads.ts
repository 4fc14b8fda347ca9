import { Worker } from 'node:worker_threads';
import type { Bcrypt } from './domain/passwords.ts';

export type PasswordQuestion =
	| { type: 'hash'; password: string; cost: number }
	| { type: 'compare'; password: string; hash: string };

export type PasswordAnswer = { value: string | boolean } | { error: string };

export interface PasswordThreads extends Bcrypt {
	close(): Promise<void>;
}

interface Asked {
	question: PasswordQuestion;
	resolve(value: string | boolean): void;
	reject(error: Error): void;
}

/** Not at once: one that can't run must not take the processor from everybody. */
const RESTART_MS = 500;

const THREAD = new URL('./password-thread.ts', import.meta.url);

/**
 * Hashes and compares on threads of their own, of a lower priority than everything else: in libuv's pool they would keep name
 * lookups and files waiting, and at the usual priority everybody who wants the same core. Questions beyond the number of
 * threads wait in order.
 */
export function startPasswordThreads(count: number): PasswordThreads {
	const waiting: Asked[] = [];
	const idle: Worker[] = [];
	const all = new Set<Worker>();
	const busy = new Map<Worker, Asked>();
	let isClosed = false;

	function assign(): void {
		while (idle.length > 0 && waiting.length > 0) {
			const [worker, asked] = [idle.shift(), waiting.shift()];
			if (!worker || !asked) return;
			busy.set(worker, asked);
			worker.postMessage(asked.question);
		}
	}

	function onAnswer(worker: Worker, answer: PasswordAnswer): void {
		const asked = busy.get(worker);
		busy.delete(worker);
		idle.push(worker);
		if ('error' in answer) asked?.reject(new Error(answer.error));
		else asked?.resolve(answer.value);
		assign();
	}

	/** A thread that ended is replaced; what it was asked has failed. */
	function onExit(worker: Worker): void {
		all.delete(worker);
		busy.get(worker)?.reject(new Error('the thread has ended'));
		busy.delete(worker);
		const at = idle.indexOf(worker);
		if (at >= 0) idle.splice(at, 1);
		if (!isClosed) setTimeout(start, RESTART_MS).unref();
	}

	function start(): void {
		if (isClosed) return;
		const worker = new Worker(THREAD, { execArgv: [] });
		all.add(worker);
		worker.on('message', (answer: PasswordAnswer) => onAnswer(worker, answer));
		// What went wrong is told to whoever asked, when it exits.
		worker.on('error', () => undefined);
		worker.on('exit', () => onExit(worker));
		idle.push(worker);
		assign();
	}

	function ask(question: PasswordQuestion): Promise<string | boolean> {
		const { promise, resolve, reject } = Promise.withResolvers<string | boolean>();
		waiting.push({ question, resolve, reject });
		assign();
		return promise;
	}

	for (let started = 0; started < count; started += 1) start();
	return {
		hash: async (password, cost) => String(await ask({ type: 'hash', password, cost })),
		compare: async (password, hash) => (await ask({ type: 'compare', password, hash })) === true,
		async close() {
			isClosed = true;
			await Promise.all([...all].map((worker) => worker.terminate()));
		},
	};
}
