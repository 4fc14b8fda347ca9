import { checkAgainstDocument } from '../driver/openapi.ts';
import type { Plan } from './plan.ts';
import type { Sent } from './send.ts';
import { secretsFrom, type World } from './world.ts';

/** What no message to a client may hold: where we are, what we are made of, how it broke. */
const INSIDES =
	/\bat .+:\d+:\d+|node_modules|prisma|\bSELECT\b|postgres|ECONN|127\.0\.0\.1|\/apps\/|\.ts\b|TypeError/i;

/** Answers that the document says nothing of: to HEAD, which have no body, and to preflights. */
function isOutsideDocument({ method, status }: Sent): boolean {
	return method === 'HEAD' || (method === 'OPTIONS' && status === 204);
}

/** Throws when an answer is one that nobody may ever get. `plan` was sent in this world. */
export async function judge(world: World, plan: Plan, sent: Sent): Promise<void> {
	const what = `${sent.method} ${sent.target} answered ${sent.status} ${sent.text.slice(0, 500)}`;
	if (sent.status >= 500) throw new Error(`a failure of the server: ${what}`);
	if (!sent.headers.get('x-request-id')) throw new Error(`no X-Request-Id: ${what}`);
	if (isOutsideDocument(sent)) return;
	await checkAgainstDocument(sent.method, sent.target, sent);
	const message: string | undefined = sent.body?.error?.message;
	if (message && INSIDES.test(message)) throw new Error(`tells of its insides: ${what}`);
	// Who signs in is who the email and the password say.
	if (sent.status >= 400 || plan.route === 'POST /v1/auth/login') return;
	for (const id of secretsFrom(world, plan.actor)) {
		if (sent.text.includes(id)) throw new Error(`tells ${plan.actor} of ${id}, which is another's: ${what}`);
	}
}
