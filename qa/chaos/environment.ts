import { BASE_URL, SECOND_BASE_URL } from '../driver/client.ts';
import { requireVariable } from '../driver/environment.ts';
import { home } from '../driver/processes.ts';

/** How to reach the running product, from outside and from inside. */
export const environment = {
	/** Clients may use either. */
	gateways: [BASE_URL, SECOND_BASE_URL] as const,
	home: home(),
	linksUrl: requireVariable('TEST_LINKS_URL'),
	crashOrders: requireVariable('TEST_CRASH_ORDERS'),
	amqpManagementUrl: requireVariable('TEST_AMQP_MANAGEMENT_URL'),
	s3: {
		endpoint: requireVariable('TEST_S3_ENDPOINT'),
		region: requireVariable('TEST_S3_REGION'),
		bucket: requireVariable('TEST_S3_BUCKET'),
		accessKeyId: requireVariable('TEST_S3_ACCESS_KEY_ID'),
		secretAccessKey: requireVariable('TEST_S3_SECRET_ACCESS_KEY'),
	},
};
