import { parentPort, workerData } from 'node:worker_threads';
import { withRequestId } from '@creatorr/service/context';
import { toAppError } from '@creatorr/service/error-rendering';
import { createLogger } from '@creatorr/service/logger';
import { readThreadMetrics } from '@creatorr/service/metrics';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { inSpan } from '@creatorr/telemetry/span';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import { contextOf } from '@creatorr/telemetry/traceparent';
import { createControlService } from './control-service.ts';
import type { ControlReply, ControlRequest, ControlThreadData } from './start-control-thread.ts';

/** Control calls take milliseconds; what is left after this is cut. */
const DRAIN_MS = 1_000;

const { config, logFormat } = workerData as ControlThreadData;
const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL, format: logFormat });
const tracing = await startTracing('auth');
const control = createControlService(config, logger);
const server = await listen(control.app, { host: config.HOST, port: config.CONTROL_PORT });

function carryOut(request: ControlRequest): Promise<unknown> | undefined {
	switch (request.type) {
		case 'ping':
			return undefined;
		case 'metrics':
			return readThreadMetrics();
		case 'settle': {
			const { sessionIds, requestId, traceparent } = request;
			const settle = () => control.settle(sessionIds);
			return withRequestId(requestId, () =>
				inSpan('settleRevocations', { parent: contextOf(traceparent) }, settle),
			);
		}
		case 'close':
			return closeServer(server, DRAIN_MS).then(control.close).then(tracing.stop);
	}
}

async function answer(request: ControlRequest): Promise<ControlReply> {
	try {
		return { id: request.id, value: await carryOut(request) };
	} catch (error) {
		const { code, cause } = toAppError(error);
		return { id: request.id, error: { code, message: String(cause ?? error) } };
	}
}

parentPort?.on('message', async (request: ControlRequest) => {
	parentPort?.postMessage(await answer(request));
});
parentPort?.postMessage({ listeningOn: portOf(server) });
