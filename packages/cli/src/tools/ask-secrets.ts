import { askHidden } from '../ask/ask.ts';
import type { Io } from '../io.ts';
import { isSecret, type ParamSchema } from './param-schema.ts';

/** Asks for secrets that are given as `-`, as others can see the command line. */
export async function askSecrets(
	io: Io,
	params: Record<string, unknown>,
	schemas: ReadonlyMap<string, ParamSchema>,
): Promise<Record<string, unknown>> {
	const complete = { ...params };
	for (const [param, schema] of schemas) {
		if (isSecret(schema) && params[param] === '-')
			complete[param] = await askHidden(io, `${schema.title ?? param}: `);
	}
	return complete;
}
