import { loadSecrets, type Secrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { type BackingServices, backingServices, secondS3 } from './backing-services.ts';
import { testEnvironment } from './test-environment.ts';

export type TestServices = {
	backing: BackingServices;
	secrets: Secrets;
	steps: Step[];
	environment: Record<string, string>;
};

/** Everything that integration tests run against: servers of our own only, whatever the person's settings say. */
export async function testServices(home: Home): Promise<TestServices> {
	const secrets = loadSecrets(home);
	const external = { databases: undefined, amqpUrl: undefined, s3: undefined, stripe: undefined };
	const backing = await backingServices({ external }, { home, secrets, durable: false });
	const second = await secondS3(home, secrets);
	return {
		backing,
		secrets,
		steps: [...backing.steps, ...second.steps],
		environment: testEnvironment(home.root, backing, second.endpoint),
	};
}
