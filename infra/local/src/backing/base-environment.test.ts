import { expect, test } from '@jest/globals';
import { baseEnvironment } from './base-environment.ts';

test('tunables and the settings of the machine are inherited; addresses and secrets are not', () => {
	const inherited = {
		PATH: '/bin',
		LANG: 'C',
		BCRYPT_COST: '4',
		SINGLE_PUT_LIMIT_BYTES: '5',
		LOG_LEVEL: 'debug',
	};
	const ours = [
		...['AUTH_DATABASE_URL', 'AMQP_URL', 'S3_SECRET_ACCESS_KEY', 'STRIPE_SECRET_KEY', 'SMTP_URL'],
		...[
			'INTERNAL_PRIVATE_KEY',
			'AUTH_KEY_ENCRYPTION_KEY',
			'TEST_AMQP_URL',
			'PGPASSWORD',
			'RABBITMQ_NODENAME',
		],
		...['npm_config_cache', 'NODE_OPTIONS'],
	];
	const environment = { ...inherited, ...Object.fromEntries(ours.map((name) => [name, 'x'])) };
	expect(baseEnvironment(environment)).toEqual(inherited);
});
