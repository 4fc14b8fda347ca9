import { postgresAdminUrl } from '../backing/postgres.ts';
import { rabbitManagementUrl } from '../backing/rabbitmq.ts';
import { radosGatewayService } from '../backing/s3.ts';
import type { ClaimedHome, Home } from '../supervisor/home.ts';
import type { Report } from '../supervisor/process.ts';
import { withSupervisor } from '../supervisor/supervisor.ts';
import { printProblem } from './print-event.ts';
import { type BackingServices, backingServices } from './product.ts';

/** Returns the addresses of the backing services in the variables that `@creatorr/testing` and the suites of qa read. */
export function testEnvironment(home: Home, { amqpUrl, s3 }: BackingServices): Record<string, string> {
	return {
		TEST_CREATORR_HOME: home.root,
		TEST_POSTGRES_ADMIN_URL: postgresAdminUrl(home),
		TEST_AMQP_URL: amqpUrl,
		TEST_AMQP_MANAGEMENT_URL: rabbitManagementUrl(home),
		TEST_S3_ENDPOINT: s3.S3_ENDPOINT,
		TEST_S3_REGION: s3.S3_REGION,
		TEST_S3_ACCESS_KEY_ID: s3.S3_ACCESS_KEY_ID,
		TEST_S3_SECRET_ACCESS_KEY: s3.S3_SECRET_ACCESS_KEY,
	};
}

/** Runs the work while the services of integration tests run. Never uses external servers. */
export async function withTestServices<T>(
	home: ClaimedHome,
	{ stop, report = printProblem }: { stop: AbortSignal; report?: Report },
	work: (environment: Record<string, string>) => Promise<T>,
): Promise<T> {
	const backing = await backingServices(home, { durable: false });
	const second = await radosGatewayService(home);
	const steps = [...backing.steps, ...second.steps];
	const environment = { ...testEnvironment(home, backing), TEST_RGW_ENDPOINT: second.endpoint };
	return await withSupervisor({ home, steps, report, stop }, () => work(environment));
}
