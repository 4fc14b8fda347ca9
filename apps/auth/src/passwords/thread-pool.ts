import { setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

type ThreadAnswer = { value: unknown } | { error: string };

interface ThreadPool<Question> {
	/** Rejects if the thread responds with an error or exits. */
	ask(question: Question): Promise<unknown>;
	close(): Promise<void>;
}

interface Pending<Question> {
	question: Question;
	resolve(value: unknown): void;
	reject(error: Error): void;
}

/** Delay: a script that can't run must not use up the CPU. */
const RESTART_MS = 500;
/** Nice value: threads at the default one get about ten times as much of a contended core. */
const LOW_PRIORITY = 10;

/** Starts `count` threads that run `script`. Further questions wait in order. */
export function startThreadPool<Question>(script: URL, count: number): ThreadPool<Question> {
	const waiting: Pending<Question>[] = [];
	const idle: Worker[] = [];
	const all = new Set<Worker>();
	const busy = new Map<Worker, Pending<Question>>();
	let isClosed = false;

	function assign(): void {
		while (idle.length > 0 && waiting.length > 0) {
			const [worker, pending] = [idle.shift(), waiting.shift()];
			if (!worker || !pending) return;
			busy.set(worker, pending);
			worker.postMessage(pending.question);
		}
	}

	function onAnswer(worker: Worker, answer: ThreadAnswer): void {
		const pending = busy.get(worker);
		busy.delete(worker);
		idle.push(worker);
		if ('error' in answer) pending?.reject(new Error(answer.error));
		else pending?.resolve(answer.value);
		assign();
	}

	/** Replaces a thread that exited; its question has failed. */
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
		// The question's promise rejects when the thread exits.
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

/** Answers the questions of this thread's pool, at a lower priority than all other threads. */
export function answerQuestions<Question>(answer: (question: Question) => unknown): void {
	// On Linux it applies to this thread, elsewhere to the whole process.
	if (process.platform === 'linux') setPriority(0, LOW_PRIORITY);
	parentPort?.on('message', (question: Question) => {
		try {
			parentPort?.postMessage({ value: answer(question) } satisfies ThreadAnswer);
		} catch (error) {
			parentPort?.postMessage({ error: String(error) } satisfies ThreadAnswer);
		}
	});
}
