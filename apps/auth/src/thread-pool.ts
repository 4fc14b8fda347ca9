import { Worker } from 'node:worker_threads';

export type ThreadAnswer = { value: unknown } | { error: string };

export interface ThreadPool<Question> {
	/** Rejects when the thread answers with an error or ends. */
	ask(question: Question): Promise<unknown>;
	close(): Promise<void>;
}

interface Asked<Question> {
	question: Question;
	resolve(value: unknown): void;
	reject(error: Error): void;
}

/** Not at once: one that can't run must not take the processor from everybody. */
const RESTART_MS = 500;

/** Starts `count` threads that run `script`. Questions beyond the number of threads wait in order. */
export function startThreadPool<Question>(script: URL, count: number): ThreadPool<Question> {
	const waiting: Asked<Question>[] = [];
	const idle: Worker[] = [];
	const all = new Set<Worker>();
	const busy = new Map<Worker, Asked<Question>>();
	let isClosed = false;

	function assign(): void {
		while (idle.length > 0 && waiting.length > 0) {
			const [worker, asked] = [idle.shift(), waiting.shift()];
			if (!worker || !asked) return;
			busy.set(worker, asked);
			worker.postMessage(asked.question);
		}
	}

	function onAnswer(worker: Worker, answer: ThreadAnswer): void {
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
		const worker = new Worker(script, { execArgv: [] });
		all.add(worker);
		worker.on('message', (answer: ThreadAnswer) => onAnswer(worker, answer));
		// What went wrong is told to whoever asked, when it exits.
		worker.on('error', () => undefined);
		worker.on('exit', () => onExit(worker));
		idle.push(worker);
		assign();
	}

	for (let started = 0; started < count; started += 1) start();
	return {
		ask(question) {
			const { promise, resolve, reject } = Promise.withResolvers<unknown>();
			waiting.push({ question, resolve, reject });
			assign();
			return promise;
		},
		async close() {
			isClosed = true;
			await Promise.all([...all].map((worker) => worker.terminate()));
		},
	};
}
