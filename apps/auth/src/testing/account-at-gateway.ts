import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type AuthService, startAuth } from './auth-service.ts';
import { type FakeGateway, startGateway } from './fake-gateway.ts';
import { type Person, register } from './requests.ts';

interface AccountAtGateway {
	auth: AuthService;
	gateway: FakeGateway;
	/** Registered before each test. */
	person: Person;
}

/**
 * Starts a service and a gateway with a lease for the tests of a file, and signs a new person in for each test. Call it at the top of the
 * file.
 */
export function setUpAccountAtGateway(env: NodeJS.ProcessEnv = {}): AccountAtGateway {
	const scene = {} as AccountAtGateway;
	beforeAll(async () => {
		scene.auth = await startAuth(env);
		scene.gateway = await startGateway(scene.auth.app);
	});
	beforeEach(async () => {
		scene.person = await register(scene.auth.app);
	});
	afterAll(async () => {
		await scene.gateway.stop();
		await scene.auth.close();
	});
	return scene;
}
