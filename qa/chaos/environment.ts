import { BASE_URL, SECOND_BASE_URL } from '../driver/client.ts';
import { home } from '../driver/processes.ts';

function required(name: string): string {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set: run npm run chaos`);
	return value;
}

/** How to reach the running product, from outside and from inside. */
export const environment = {
	/** Clients may use either. */
	gateways: [BASE_URL, SECOND_BASE_URL] as const,
	home: home(),
	linksUrl: required('TEST_LINKS_URL'),
	crashOrders: required('TEST_CRASH_ORDERS'),
	amqpManagementUrl: required('TEST_AMQP_MANAGEMENT_URL'),
	s3: {
		endpoint: required('TEST_S3_ENDPOINT'),
		region: required('TEST_S3_REGION'),
		bucket: required('TEST_S3_BUCKET'),
		accessKeyId: required('TEST_S3_ACCESS_KEY_ID'),
		secretAccessKey: required('TEST_S3_SECRET_ACCESS_KEY'),
	},
};
