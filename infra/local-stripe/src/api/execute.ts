import type { Account } from '../account.ts';
import { invalidRequest, StripeError } from '../errors.ts';
import type { Answer } from '../state/answers.ts';
import { expandAll } from './expand.ts';
import type { Operation } from './operation.ts';
import { parseForm } from './parameters.ts';
import { inVersion } from './versions.ts';

const LONGEST_KEY = 255;

/** A request that is allowed to be made. */
export type Call = {
	requestId: string;
	version: string;
	key: string | undefined;
	id: string;
	path: string;
	query: string;
	body: string;
	contentType: string | undefined;
};

/**
 * Executes a request, once for each idempotency key: the answer and what was done are kept in one transaction, so that
 * a key whose answer got lost is answered the same again.
 */
export function execute(
	account: Account,
	operation: Operation,
	call: Call,
): Answer & { isReplayed?: boolean } {
	const asked = keyOf(operation, call);
	const known = asked === undefined ? undefined : account.answers.recall(asked);
	if (known !== undefined && asked !== undefined) {
		if (!known.isSameRequest) throw otherRequest(asked, known.path);
		return { ...known, isReplayed: true };
	}
	const cause = { requestId: call.requestId, idempotencyKey: asked?.key ?? null };
	try {
		return account.act(cause, (ledger) => {
			const { answer, expand } = operation.execute(ledger, call.id, formOf(call));
			const shown = inVersion(expandAll(ledger, answer, expand), call.version);
			const done = { status: 200, body: JSON.stringify(shown, null, 2), requestId: call.requestId };
			if (asked !== undefined) account.answers.remember(asked, done, ledger.now);
			return done;
		});
	} catch (error) {
		if (!(error instanceof StripeError)) throw error;
		const { status, beforeExecution } = error.fields;
		const body = JSON.stringify(error.body(call.requestId), null, 2);
		const refused = { status, body, requestId: call.requestId };
		if (asked !== undefined && beforeExecution !== true) {
			account.act(cause, ({ now }) => account.answers.remember(asked, refused, now));
		}
		return refused;
	}
}

function keyOf({ method }: Operation, { key, path, body }: Call) {
	if (key === undefined || method !== 'POST') return undefined;
	if (key.length > LONGEST_KEY) {
		throw invalidRequest(`Idempotency keys are at most ${LONGEST_KEY} characters long.`);
	}
	return { key, path, form: body };
}

function formOf({ query, body, contentType = '' }: Call): Record<string, unknown> {
	if (body !== '' && !contentType.startsWith('application/x-www-form-urlencoded')) {
		throw invalidRequest(
			'Invalid request: parameters are form-encoded (application/x-www-form-urlencoded).',
			{
				beforeExecution: true,
			},
		);
	}
	return { ...parseForm(query), ...parseForm(body) };
}

function otherRequest({ key, path }: { key: string; path: string }, knownPath: string): StripeError {
	const message =
		path === knownPath
			? `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
			: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${knownPath}' vs '${path}'). Try using a key other than '${key}' if you meant to execute a different request.`;
	return new StripeError({ status: 400, type: 'idempotency_error', message });
}
