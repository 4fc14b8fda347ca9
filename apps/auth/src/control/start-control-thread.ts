import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '@creatorr/contracts/errors';
import { currentRequestId } from '@creatorr/service/context';
import type { LogFormat } from '@creatorr/service/logger';
import type { ThreadMetrics } from '@creatorr/service/metrics';
import { currentTraceparent } from '@creatorr/telemetry/traceparent';
import type { Config } from '../config.ts';
import type { CredentialChanges } from '../gateway-leases/gateway-leases.sql.ts';
import type { PropagateDeps } from '../gateway-leases/propagate-changes.ts';
import { type ControlConfig, controlConfigOf } from './control-service.ts';

export interface ControlThreadData {
	config: ControlConfig;
	logFormat: LogFormat;
}

export type ControlRequest = { id: number } & (
	| { type: 'ping' | 'metrics' | 'close' }
	| { type: 'propagate'; changes: CredentialChanges; requestId: string; traceparent: string | undefined }
);

export type ControlReply = { id: number } & (
	| { value: unknown }
	| { error: { code: string; message: string } }
);

/** The control service, with a thread and an event loop of its own. */
export interface ControlThread extends PropagateDeps {
	/** The port of the control service. */
	port: number;
	/** Resolves when the thread's event loop responds. */
	ping(): Promise<void>;
	readMetrics(): Promise<ThreadMetrics>;
	/** Completes running requests and closes the port. */
	close(): Promise<void>;
}

const THREAD = new URL('./control-thread.ts', import.meta.url);

type Command = ControlRequest extends infer R ? (R extends ControlRequest ? Omit<R, 'id'> : never) : never;

/** Returns the error for a change that is committed, but that some gateway may not know yet. */
function unconfirmed(cause: Error): AppError {
	const message = 'The change is saved, but couldn’t be confirmed everywhere. Try again in a moment.';
	return new AppError('upstream_unavailable', message, { cause, retryAfterSeconds: 2 });
}

function toError({ code, message }: { code: string; message: string }): Error {
	const cause = new Error(message);
	return code === 'upstream_unavailable' ? unconfirmed(cause) : cause;
}

/** Resolves to the port in the thread's first message. Rejects if the thread exits first, even without an error. */
async function portOf(worker: Worker): Promise<number> {
	const exit = once(worker, 'exit').then(([code]) => {
		throw new Error(`the control thread has ended with code ${code} before its port was open`);
	});
	const [{ listeningOn }] = (await Promise.race([once(worker, 'message'), exit])) as [
		{ listeningOn: number },
	];
	return listeningOn;
}

/**
 * Starts the thread. Resolves when its port is open, rejects if it can't start. Calls `onLost` if the thread exits later: no gateway can then
 * renew its lease, so the process has to exit too.
 */
export async function startControlThread(
	{ config, logFormat }: { config: Config; logFormat: LogFormat },
	onLost: (error: Error) => void,
	script = THREAD,
): Promise<ControlThread> {
	const workerData: ControlThreadData = { config: controlConfigOf(config), logFormat };
	const worker = new Worker(script, { workerData });
	const pending = new Map<number, PromiseWithResolvers<unknown>>();
	let lastId = 0;
	let isClosing = false;
	let failure: unknown;
	let lost: Error | undefined;

	const listeningOn = await portOf(worker);

	worker.on('message', (reply: ControlReply) => {
		const request = pending.get(reply.id);
		pending.delete(reply.id);
		if ('error' in reply) request?.reject(toError(reply.error));
		else request?.resolve(reply.value);
	});
	worker.on('error', (error) => {
		failure = error;
	});
	worker.on('exit', () => {
		lost = new Error('the control thread has ended', { cause: failure });
		for (const { reject } of pending.values()) reject(unconfirmed(lost));
		pending.clear();
		if (!isClosing) onLost(lost);
	});

	async function send(command: Command): Promise<unknown> {
		if (lost) throw unconfirmed(lost);
		lastId += 1;
		const reply = Promise.withResolvers<unknown>();
		pending.set(lastId, reply);
		worker.postMessage({ ...command, id: lastId });
		return reply.promise;
	}

	return {
		port: listeningOn,
		async ping() {
			await send({ type: 'ping' });
		},
		readMetrics: async () => (await send({ type: 'metrics' })) as ThreadMetrics,
		async propagate(changes) {
			const context = { requestId: currentRequestId(), traceparent: currentTraceparent() };
			await send({ type: 'propagate', changes, ...context });
		},
		async close() {
			isClosing = true;
			if (!lost) await send({ type: 'close' });
			await worker.terminate();
		},
	};
}
