import { AppError, errorBodySchema, unavailable } from '@creatorr/contracts/errors';
import { IDENTITY_HEADER, REQUEST_ID_HEADER } from '@creatorr/contracts/identity';
import type { BodyInputOf, Operation, ParamsOf, ResponseOf } from '@creatorr/contracts/operation';
import { inSpan, SpanKind } from '@creatorr/telemetry/span';
import { currentTraceparent, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { z } from 'zod';
import { currentRequestId } from '../logging/context.ts';
import type { SignIdentity } from './identity.ts';

interface InternalClientOptions {
	/** Service name, as in "The files service is temporarily unavailable". */
	name: string;
	baseUrl: string;
	sign: SignIdentity;
	/** Timeout of a whole call. */
	timeoutMs: number;
}

interface CallInput<O> {
	params?: ParamsOf<O>;
	body?: BodyInputOf<O>;
}

type AnyOperation = Operation<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;

export type InternalClient = <O extends AnyOperation>(
	operation: O,
	input?: CallInput<O>,
) => Promise<ResponseOf<O>>;

function fillPath(path: string, params: unknown): string {
	const values = (params ?? {}) as Record<string, string>;
	return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

async function readFailure(name: string, response: Response): Promise<AppError> {
	const parsed = errorBodySchema.safeParse(await response.json().catch(() => null));
	if (!parsed.success)
		return unavailable(
			`The ${name} service`,
			new Error(`status ${response.status} without an error of the contract`),
		);
	const { code, message, details, details_total: detailsTotal } = parsed.data.error;
	if (code === 'internal' || code === 'upstream_unavailable' || code === 'unauthorized') {
		return unavailable(`The ${name} service`, new Error(`${code}: ${message}`));
	}
	return new AppError(code, message, details ? { details, detailsTotal } : {});
}

/**
 * Calls internal operations of another service with this process's identity, request id and trace. Validates responses. Throws the
 * {@link AppError} of the service, or `upstream_unavailable` without a response.
 */
export function createInternalClient(options: InternalClientOptions): InternalClient {
	const call: InternalClient = async (operation, input = {}) => {
		const traceparent = currentTraceparent();
		const hasBody = input.body !== undefined;
		const send = () =>
			fetch(options.baseUrl + fillPath(operation.path, input.params), {
				method: operation.method.toUpperCase(),
				signal: AbortSignal.timeout(options.timeoutMs),
				headers: {
					[IDENTITY_HEADER]: options.sign(),
					[REQUEST_ID_HEADER]: currentRequestId(),
					...(traceparent ? { [TRACEPARENT_HEADER]: traceparent } : {}),
					...(hasBody ? { 'content-type': 'application/json' } : {}),
				},
				...(hasBody ? { body: JSON.stringify(input.body) } : {}),
			});
		const response = await send().catch((cause: unknown) => {
			throw unavailable(`The ${options.name} service`, cause);
		});
		if (!response.ok) throw await readFailure(options.name, response);
		if (operation.status === 204) {
			await response.arrayBuffer();
			return undefined as ResponseOf<typeof operation>;
		}
		const body = await response.json().catch((cause: unknown) => {
			throw unavailable(`The ${options.name} service`, cause);
		});
		return operation.response?.parse(body) as ResponseOf<typeof operation>;
	};
	return (operation, input) =>
		inSpan(`${options.name} ${operation.id}`, { kind: SpanKind.CLIENT }, () => call(operation, input));
}
