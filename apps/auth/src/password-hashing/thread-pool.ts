import { getPriority, setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

type ThreadReply = { value: unknown } | { error: string };

interface ThreadPool<Request> {
	/** Rejects if the thread responds with an error or exits. */
	send(request: Request): Promise<unknown>;
	close(): Promise<void>;
}

interface Pending<Request> {
	request: Request;
	resolve(value: unknown): void;
	reject(error: Error): void;
}

/** Restart delay, so that a script that fails at once doesn't use up the CPU. */
const RESTART_MS = 500;
/**
 * Added to the nice value of the process. The event loops get three times as much of a contended core as such a thread, and busy processes
 * of others, such as tools at nice 5, don't starve it.
 */
const NICE_STEP = 5;
const MAX_NICE = 19;

/** Starts `count` threads that run `script`. Further requests wait in order. */
export function startThreadPool<Request>(script: URL, count: number): ThreadPool<Request> {
	const waiting: Pending<Request>[] = [];
	const idle: Worker[] = [];
	const all = new Set<Worker>();
	const busy = new Map<Worker, Pending<Request>>();
	let isClosed = false;

	function assign(): void {
		while (idle.length > 0 && waiting.length > 0) {
			const [worker, pending] = [idle.shift(), waiting.shift()];
			if (!worker || !pending) return;
			busy.set(worker, pending);
			worker.postMessage(pending.request);
		}
	}

	function onReply(worker: Worker, reply: ThreadReply): void {
		const pending = busy.get(worker);
		busy.delete(worker);
		idle.push(worker);
		if ('error' in reply) pending?.reject(new Error(reply.error));
		else pending?.resolve(reply.value);
		assign();
	}

	/** Replaces a thread that exited; its request has failed. */
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
		worker.on('message', (reply: ThreadReply) => onReply(worker, reply));
		// The request's promise rejects when the thread exits.
		worker.on('error', () => undefined);
		worker.on('exit', () => onExit(worker));
		idle.push(worker);
		assign();
	}

	for (let started = 0; started < count; started += 1) start();
	return {
		send(request) {
			const { promise, resolve, reject } = Promise.withResolvers<unknown>();
			waiting.push({ request, resolve, reject });
			assign();
			return promise;
		},
		async close() {
			isClosed = true;
			await Promise.all([...all].map((worker) => worker.terminate()));
		},
	};
}

/** Handles the requests to this thread’s pool, at a lower priority than all other threads. */
export function serveRequests<Request>(handle: (request: Request) => unknown): void {
	// On Linux it applies to this thread, elsewhere to the whole process.
	if (process.platform === 'linux') setPriority(0, Math.min(MAX_NICE, getPriority() + NICE_STEP));
	parentPort?.on('message', (request: Request) => {
		try {
			parentPort?.postMessage({ value: handle(request) } satisfies ThreadReply);
		} catch (error) {
			parentPort?.postMessage({ error: String(error) } satisfies ThreadReply);
		}
	});
}
