import { choosePorts, pickConsecutivePorts } from '../backing/ports.ts';
import { CALLERS } from '../backing/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import type { ClaimedHome, Home } from '../supervisor/home.ts';
import type { Report, Step } from '../supervisor/process.ts';
import { withSupervisor } from '../supervisor/supervisor.ts';
import { addFaults } from './faults.ts';
import { printEvent, printProblem } from './print-event.ts';
import { product } from './product.ts';
import type { Scale } from './scale.ts';
import { testEnvironment } from './test-services.ts';

/** A web origin that may call the product under test. */
const WEB_ORIGIN = 'http://localhost:3000';

/** How a product for a suite or a benchmark differs from that of `npm start`. */
export type ProductOptions = {
	scale: Scale;
	/** Variables that differ from the defaults. */
	settings: Record<string, string>;
	/** False: PostgreSQL is faster, and loses data when the machine fails. */
	durable?: boolean;
	report?: Report;
	/** Returns the steps to run, and variables for the work, from the product's steps. */
	adapt?: (steps: Step[], home: Home) => Promise<{ steps: Step[]; variables: Record<string, string> }>;
};

/** Tests and benchmarks send more requests and jobs than a person. */
export const UNLIMITED_RATES = { requestsPerMinute: 0, jobsPerMinute: 0 };

/** Settings that all products of acceptance suites share. */
const FAST = {
	// several documents in each prewarmed process, which halves the CPU time of workers
	JOBS_PER_PROCESS: '100',
	BCRYPT_COST: '4',
	// every wrong password of a suite comes from one address
	LOGIN_FAILURES_PER_NETWORK: '10000',
	MAILS_PER_NETWORK: '100000',
	HEADERS_TIMEOUT_SECONDS: '3',
	REQUEST_TIMEOUT_SECONDS: '6',
};

/** The product that the acceptance suite tests: fast, with two gateways, since tests look at both. */
export function acceptanceProduct(replicas: number): ProductOptions {
	return {
		scale: { ...Object.fromEntries(CALLERS.map((app) => [app, replicas])), gateway: 2 },
		settings: {
			...FAST,
			// a test uses up the jobs of Pro
			PLANS: JSON.stringify({ free: UNLIMITED_RATES, pro: { jobsPerMinute: 4 } }),
			// requests of a suite ask for traces by their headers
			OTEL_TRACES_SAMPLER: 'parentbased_always_off',
			TRUST_TRACEPARENT: 'true',
		},
		durable: false,
	};
}

/** The product that browsers test. */
export const WEB_PRODUCT: ProductOptions = { scale: { gateway: 1 }, settings: FAST, durable: false };

/** The product that chaos breaks: every process, and every connection between them. */
export const CHAOS_PRODUCT: ProductOptions = {
	scale: { gateway: 2, 'tool-worker': 2 },
	settings: {
		BCRYPT_COST: '4',
		SWEEP_INTERVAL_SECONDS: '2',
		// WEBHOOK_ settings: a lost attempt is repeated after half a minute, and a failed one at once
		WEBHOOK_TIMEOUT_SECONDS: '2',
		WEBHOOK_RETRY_DELAYS_SECONDS: '0,1,1,1,1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,2',
		// all users come from one address
		MAILS_PER_NETWORK: '1000000',
		// a long round runs more jobs of an account than a day allows
		PLANS: JSON.stringify({ free: { computeSecondsPerDay: 0, ...UNLIMITED_RATES } }),
	},
	// chaos tests end processes on purpose
	report: (event) => {
		if (event.type === 'log-lost') printEvent(event);
	},
	adapt: addFaults,
};

/**
 * Runs the work while the whole product runs, with backing services of its own. The work gets the variables that the suites of qa
 * read.
 * @throws AbortError when `stop` aborts before the work begins
 */
export async function withProduct<T>(
	home: ClaimedHome,
	{ scale, settings, durable = true, report = printProblem, adapt }: ProductOptions,
	stop: AbortSignal,
	work: (environment: Record<string, string>) => Promise<T>,
): Promise<T> {
	const gatewayPort = await pickConsecutivePorts(scale.gateway);
	const { otlp: otlpPort } = await choosePorts(home, ['otlp']);
	const url = (index: number) => `http://127.0.0.1:${gatewayPort + index}`;
	const traces = settings.OTEL_TRACES_SAMPLER && {
		OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpPort}`,
	};
	const backing = await product(
		{
			...readSettings({}),
			environment: { ...process.env, ...settings, ...traces },
			gatewayPort,
			corsOrigins: WEB_ORIGIN,
		},
		{ home, scale, stop, durable },
	);
	const adapted = await adapt?.(backing.steps, home);
	const environment = {
		...testEnvironment(home, backing),
		TEST_S3_BUCKET: backing.s3.S3_BUCKET,
		TEST_BASE_URL: url(0),
		TEST_BASE_URL_2: url(scale.gateway - 1),
		TEST_REPLICAS: String(scale.jobs ?? 1),
		TEST_WEB_ORIGIN: WEB_ORIGIN,
		TEST_OTLP_PORT: String(otlpPort),
		TEST_REQUEST_TIMEOUT_SECONDS: settings.REQUEST_TIMEOUT_SECONDS ?? '',
		...adapted?.variables,
	};
	const steps = adapted?.steps ?? backing.steps;
	return await withSupervisor({ home, steps, report, stop }, () => work(environment));
}
