import type { BackingServices } from './backing-services.ts';

/** The addresses of real backing services, under the names that `@creatorr/testing` and the suites read. */
export function testEnvironment(
	homeRoot: string,
	backing: Pick<BackingServices, 'postgresAdminUrl' | 'amqpUrl' | 'amqpManagementUrl' | 's3'>,
	secondS3Endpoint: string,
): Record<string, string> {
	return {
		TEST_CREATORR_HOME: homeRoot,
		TEST_POSTGRES_ADMIN_URL: backing.postgresAdminUrl ?? '',
		TEST_AMQP_URL: backing.amqpUrl,
		TEST_AMQP_MANAGEMENT_URL: backing.amqpManagementUrl ?? '',
		TEST_S3_ENDPOINT: backing.s3.endpoint,
		TEST_S3_REGION: backing.s3.region,
		TEST_S3_ACCESS_KEY_ID: backing.s3.accessKeyId,
		TEST_S3_SECRET_ACCESS_KEY: backing.s3.secretAccessKey,
		TEST_RGW_ENDPOINT: secondS3Endpoint,
	};
}

/** As a file for a shell: `set -a; . test.env; set +a`. */
export function asShellFile(environment: Record<string, string>): string {
	const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
	return Object.entries(environment)
		.map(([name, value]) => `export ${name}=${quote(value)}\n`)
		.join('');
}
