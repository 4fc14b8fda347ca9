import { getJwks } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { SigningKeyStore } from '../domain/signing-key.ts';

export function getJwksRoute(deps: { signingKeys: SigningKeyStore }): Route {
	return defineRoute(getJwks, async () => ({ keys: await deps.signingKeys.listPublic() }));
}
