import { pickConsecutivePorts } from '../backing/ports.ts';
import { loadSecrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import type { SupervisorEvent } from '../supervisor/process.ts';
import { backingServices } from './backing-services.ts';
import { crashOrders, withCrashPoints } from './crash-points.ts';
import { linkedSteps } from './links.ts';
import { printEvent } from './print-event.ts';
import { appSteps } from './product.ts';
import { testEnvironment } from './test-environment.ts';
import { withSupervisor } from './with-supervisor.ts';

const SCALE = { gateway: 2, 'tool-worker': 2 };

/** What differs from the defaults: what would make the load heavy, and what has to be seen to happen. */
const SETTINGS = {
	BCRYPT_COST: '4',
	SWEEP_INTERVAL_SECONDS: '2',
	// everybody comes from one address
	MAILS_PER_NETWORK: '1000000',
	// a long round runs more jobs of an account than a day allows
	PLANS: JSON.stringify({ free: { computeSecondsPerDay: 0 } }),
};

/**
 * Runs the whole product as it is, with its own backing services and two of gateway and worker, so that anything of it can be
 * broken, and does the work meanwhile. The work gets what it has to know of it, as variables.
 */
export async function withChaosProduct(
	home: Home,
	stop: AbortSignal,
	work: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
	const gatewayPort = await pickConsecutivePorts(SCALE.gateway);
	const external = { databases: undefined, amqpUrl: undefined, s3: undefined, stripe: undefined };
	const settings = {
		environment: { ...process.env, ...SETTINGS },
		gatewayPort,
		homePath: home.root,
		corsOrigins: '',
		external,
	};
	const secrets = loadSecrets(home);
	// what is killed must find again what it had kept
	const backing = await backingServices({ external }, { home, secrets, durable: true });
	const { steps, apps } = await appSteps(settings, backing, { home, scale: SCALE, stop });
	const linked = await linkedSteps([...backing.steps, ...steps], home);
	const environment = {
		...testEnvironment(home.root, backing, ''),
		TEST_BASE_URL: `http://127.0.0.1:${gatewayPort}`,
		TEST_BASE_URL_2: `http://127.0.0.1:${gatewayPort + 1}`,
		TEST_S3_BUCKET: backing.s3.bucket,
		TEST_LINKS_URL: linked.controlUrl,
		TEST_CRASH_ORDERS: crashOrders(home),
	};
	const underTest = withCrashPoints(linked.steps, apps, home);
	await withSupervisor({ home, steps: underTest, apps, report: printUnexpected, stop }, () =>
		work(environment),
	);
}

/** That processes end is what is wanted here. */
function printUnexpected(event: SupervisorEvent): void {
	if (event.type === 'log-lost') printEvent(event);
}
