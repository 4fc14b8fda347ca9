import { parentPort, workerData } from 'node:worker_threads';
import { withRequestId } from '@creatorr/service/context';
import { startService } from '@creatorr/service/define-service';
import { toAppError } from '@creatorr/service/error-rendering';
import { createLogger } from '@creatorr/service/logger';
import { readThreadMetrics } from '@creatorr/service/metrics';
import { inSpan } from '@creatorr/telemetry/span';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import { contextOf } from '@creatorr/telemetry/traceparent';
import { control } from './control-service.ts';
import type { ControlReply, ControlRequest, ControlThreadData } from './start-control-thread.ts';

const { config, logFormat } = workerData as ControlThreadData;
const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL, format: logFormat });
const tracing = await startTracing('auth');
const running = await startService(control, { config, logger });

function execute(request: ControlRequest): Promise<unknown> | undefined {
	switch (request.type) {
		case 'ping':
			return undefined;
		case 'metrics':
			return readThreadMetrics();
		case 'propagate': {
			const { changes, requestId, traceparent } = request;
			const propagate = () => running.deps.propagate(changes);
			return withRequestId(requestId, () =>
				inSpan('propagateChanges', { parent: contextOf(traceparent) }, propagate),
			);
		}
		case 'close':
			return running.stop().then(tracing.stop);
	}
}

async function handle(request: ControlRequest): Promise<ControlReply> {
	try {
		return { id: request.id, value: await execute(request) };
	} catch (error) {
		const { code, cause } = toAppError(error);
		return { id: request.id, error: { code, message: String(cause ?? error) } };
	}
}

parentPort?.on('message', async (request: ControlRequest) => {
	parentPort?.postMessage(await handle(request));
});
parentPort?.postMessage({ listeningOn: running.port });
