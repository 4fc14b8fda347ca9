import { choosePorts, pickConsecutivePorts } from '../backing/ports.ts';
import { printTrouble } from '../stack/print-event.ts';
import { appSteps, dropRunning } from '../stack/product.ts';
import { type TestServices, testServices } from '../stack/test-services.ts';
import { withSupervisor } from '../stack/with-supervisor.ts';
import type { Home } from '../supervisor/home.ts';

/** Tests look at both gateways. */
const GATEWAYS = 2;

/** A web origin that may call the product under test. */
const WEB_ORIGIN = 'http://localhost:3000';

/** What differs from the defaults: whatever would make a black-box suite slow. */
const SETTINGS = {
	BCRYPT_COST: '4',
	// every wrong password of a suite comes from one address
	LOGIN_FAILURES_PER_ADDRESS: '10000',
	MAILS_PER_NETWORK: '100000',
	HEADERS_TIMEOUT_SECONDS: '3',
	REQUEST_TIMEOUT_SECONDS: '6',
};

/** A suite that wants traces listens there, and names those that it wants in its requests. */
function tracesAskedFor(port: number) {
	return {
		OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
		OTEL_TRACES_SAMPLER: 'parentbased_always_off',
		TRUST_TRACEPARENT: 'true',
	};
}

/**
 * Runs the whole product with two gateways on backing services that run already, and does the work meanwhile. The work
 * gets what a black-box suite has to know of it, as variables.
 * @param replicas of each other app
 */
export async function withTestProduct(
	home: Home,
	{ backing, environment }: TestServices,
	stop: AbortSignal,
	work: (environment: Record<string, string>) => Promise<void>,
	replicas = 1,
): Promise<void> {
	const scale = {
		...{ auth: replicas, files: replicas, jobs: replicas, billing: replicas, 'tool-worker': replicas },
		gateway: GATEWAYS,
	};
	const gatewayPort = await pickConsecutivePorts(GATEWAYS);
	const { otlp: otlpPort } = await choosePorts(home, ['otlp']);
	const settings = {
		environment: { ...process.env, ...SETTINGS, ...tracesAskedFor(otlpPort) },
		gatewayPort,
		homePath: home.root,
		corsOrigins: WEB_ORIGIN,
		external: { databases: undefined, amqpUrl: undefined, s3: undefined, stripe: undefined },
	};
	const { steps, apps } = await appSteps(settings, backing, { home, scale, stop });
	await withSupervisor({ home, steps: dropRunning(steps), apps, report: printTrouble, stop }, async () => {
		await work({
			...environment,
			TEST_BASE_URL: `http://127.0.0.1:${gatewayPort}`,
			TEST_BASE_URL_2: `http://127.0.0.1:${gatewayPort + 1}`,
			TEST_REPLICAS: String(replicas),
			TEST_WEB_ORIGIN: WEB_ORIGIN,
			TEST_OTLP_PORT: String(otlpPort),
			TEST_REQUEST_TIMEOUT_SECONDS: SETTINGS.REQUEST_TIMEOUT_SECONDS,
		});
	});
}

/** The same on services of its own. */
export function withOwnTestProduct(
	home: Home,
	stop: AbortSignal,
	work: (environment: Record<string, string>) => Promise<void>,
	replicas = 1,
): Promise<void> {
	return withTestServices(home, stop, (services) => withTestProduct(home, services, stop, work, replicas));
}

/** Runs the services of the tests, and does the work meanwhile. */
export async function withTestServices(
	home: Home,
	stop: AbortSignal,
	work: (services: TestServices) => Promise<void>,
): Promise<void> {
	const services = await testServices(home);
	const { steps } = services;
	await withSupervisor({ home, steps, apps: new Set(), report: printTrouble, stop }, () => work(services));
}
