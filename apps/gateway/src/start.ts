import { Server as TlsServer } from 'node:https';
import { unavailable } from '@creatorr/contracts/errors';
import type { Logger } from '@creatorr/service/logger';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { startCertificateReloader } from './certificate-reloader.ts';
import { type Config, certificateFilesOf } from './config.ts';
import { createGateway, type Gateway } from './dependencies.ts';
import { showGateway } from './gateway-metrics.ts';
import { listenPublic } from './http/public-server.ts';
import { startJwksRefresher } from './jwks-refresher.ts';
import { startLeaseRenewer } from './lease-renewer.ts';
import type { Limits } from './limits.ts';

/** A gateway that is listening. */
export interface RunningGateway {
	publicPort: number;
	privatePort: number;
	/** Drains: requests are finished, streams are cut at once, waits are ended before the drain is over. */
	stop(): Promise<void>;
}

/** Pushes of revocations take no longer. */
const PRIVATE_DRAIN_MS = 1_000;

const restarting = () => unavailable('this gateway', new Error('draining'));

async function drainPublic(
	{ publicServer, inFlight, connections, state }: Gateway,
	limits: Limits,
): Promise<void> {
	state.isDraining = true;
	inFlight.endStreams(restarting());
	connections.closeUnused();
	const waits = setTimeout(() => inFlight.endAll(restarting()), limits.drainWaitsMs);
	await closeServer(publicServer, limits.drainMs);
	clearTimeout(waits);
}

/**
 * Listens on both ports, the private one first: auth must be able to push revocations before the first lease is granted.
 * Rejects when a port is taken, or a certificate can't be used.
 */
export async function startGateway(config: Config, logger: Logger, limits: Limits): Promise<RunningGateway> {
	const gateway = createGateway(config, logger, limits);
	const { publicServer, lease, keys } = gateway;
	const privateServer = await listen(gateway.privateApp, { host: config.HOST, port: config.PORT });
	const background = [
		startLeaseRenewer({
			lease,
			logger,
			renewalMs: limits.leaseRenewalMs,
			retryMs: limits.leaseRetryMs,
		}),
		startJwksRefresher({ keys, logger, refreshMs: limits.keyRefreshMs, retryMs: limits.keyRefreshMinMs }),
	];
	const shown = showGateway(gateway);
	const certificateFiles = certificateFilesOf(config);
	if (certificateFiles && publicServer instanceof TlsServer) {
		const refreshMs = limits.certificateRefreshMs;
		background.push(
			startCertificateReloader({ server: publicServer, files: certificateFiles, logger, refreshMs }),
		);
	}
	await listenPublic(publicServer, config.PUBLIC_HOST, config.PUBLIC_PORT);
	return {
		publicPort: portOf(publicServer),
		privatePort: portOf(privateServer),
		async stop() {
			await drainPublic(gateway, limits);
			await Promise.all(background.map((part) => part.stop()));
			shown.stop();
			await gateway.releaseLease();
			gateway.closeConnections();
			await closeServer(privateServer, PRIVATE_DRAIN_MS);
			gateway.accessLog.flush();
		},
	};
}
