import { checkAgainstDocument } from '../driver/openapi.ts';
import type { Plan } from './plan.ts';
import type { Sent } from './send.ts';
import { secretsFrom, type World } from './world.ts';

/** Internals that no message to a client may contain. */
const INTERNALS =
	/\bat .+:\d+:\d+|node_modules|prisma|\bSELECT\b|postgres|ECONN|127\.0\.0\.1|\/apps\/|\.ts\b|TypeError/i;

/** The document doesn't describe HEAD, whose answers have no body, and preflights. */
const isOutsideDocument = ({ method, status }: Sent) =>
	method === 'HEAD' || (method === 'OPTIONS' && status === 204);

/** Throws when an answer is one that no client may get. `plan` was sent in this world. */
export async function judge(world: World, plan: Plan, sent: Sent): Promise<void> {
	const { method, target, status, text } = sent;
	const what = `${method} ${target} answered ${status} ${text.slice(0, 500)}`;
	if (status >= 500) throw new Error(`a failure of the server: ${what}`);
	if (!sent.headers.get('x-request-id')) throw new Error(`no X-Request-Id: ${what}`);
	if (isOutsideDocument(sent)) return;
	await checkAgainstDocument(method, target, sent);
	const message: string | undefined = sent.body?.error?.message;
	if (message && INTERNALS.test(message)) throw new Error(`the message contains internals: ${what}`);
	// A sign-in returns the user to whom email and password belong.
	if (status >= 400 || plan.route === 'POST /v1/auth/login') return;
	const leaked = secretsFrom(world, plan.actor).find((id) => text.includes(id));
	if (leaked) throw new Error(`reveals ${leaked} of another user to ${plan.actor}: ${what}`);
}
