import { AppError } from '@creatorr/contracts/errors';
import type { BodyOf, Operation, ParamsOf, QueryOf, ResponseOf } from '@creatorr/contracts/operation';
import { parseOrThrow } from '@creatorr/contracts/validation';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { type Identity, identityRefused, type SessionUser, type User } from './identity.ts';

/** A parsed and authorized request. */
export interface RouteInput<O> {
	params: ParamsOf<O>;
	query: QueryOf<O>;
	body: BodyOf<O>;
	/** The body as sent, before defaults were added and unknown fields dropped. */
	rawBody: unknown;
	/** Request headers by lower-case name. */
	header(name: string): string | undefined;
	/** Sets a response header. */
	setHeader(name: string, value: string): void;
	/** Sends 102 Processing: the request has arrived, and its response takes long. */
	writeProcessing(): void;
	/** Aborted when the client disconnects. */
	closed: AbortSignal;
	identity: Identity;
	/** Address of the client at the gateway. */
	clientAddress: string;
}

export interface UserRouteInput<O> extends RouteInput<O> {
	user: User;
}

/** An operation without a scope takes no API key. */
export interface SessionRouteInput<O> extends RouteInput<O> {
	user: SessionUser;
}

type InputOf<O> = O extends { access: 'user' }
	? O extends { scope?: undefined }
		? SessionRouteInput<O>
		: UserRouteInput<O>
	: RouteInput<O>;

/** An operation with its handler. */
export interface Route {
	operation: Operation;
	handle(req: Request, res: Response, identity: Identity): Promise<void>;
}

function closedSignal(res: Response): AbortSignal {
	const controller = new AbortController();
	res.once('close', () => controller.abort());
	return controller.signal;
}

function parseInput(
	operation: Operation,
	req: Request,
	res: Response,
	identity: Identity,
): RouteInput<Operation> {
	return {
		params: operation.params && parseParams(operation.params, req),
		query: operation.query && parseOrThrow(operation.query, { ...req.query }, ['query']),
		body: operation.body && parseOrThrow(operation.body, req.body),
		rawBody: req.body,
		header: (name) => req.get(name),
		setHeader: (name, value) => res.setHeader(name, value),
		writeProcessing: () => res.writeProcessing(),
		closed: closedSignal(res),
		identity,
		clientAddress: req.get('x-forwarded-for') ?? '',
	};
}

/** Parses path parameters. Throws `not_found` for a malformed id, as for an unknown one. */
function parseParams(schema: z.ZodType, req: Request): unknown {
	const parsed = schema.safeParse(req.params);
	if (!parsed.success) throw new AppError('not_found', 'No such resource. Check the IDs in the path.');
	return parsed.data;
}

function authorize(operation: Operation, identity: Identity): void {
	const callers = typeof operation.access === 'string' ? ['gateway'] : operation.access;
	if (!callers.includes(identity.caller)) {
		throw identityRefused(`${identity.caller} is not allowed to call this operation.`);
	}
	if (operation.access !== 'user') return;
	if (!identity.user) throw identityRefused('This call needs a user identity.');
	if (operation.scope === undefined && identity.user.sessionId === undefined) {
		throw identityRefused('This call needs a session.');
	}
}

/** Returns a route that authorizes and parses each request before `act`. */
function toRoute<O extends Operation>(
	operation: O,
	act: (input: InputOf<O>, res: Response) => Promise<void>,
): Route {
	return {
		operation,
		async handle(req, res, identity) {
			authorize(operation, identity);
			const input = { ...parseInput(operation, req, res, identity), user: identity.user };
			await act(input as unknown as InputOf<O>, res);
		},
	};
}

/**
 * Binds an operation of the contract to its handler, which gets parsed, authorized input and returns the whole body of the response (nothing
 * for 204).
 */
export function defineRoute<O extends Operation<z.ZodType, z.ZodType, z.ZodType, z.ZodType>>(
	operation: O,
	handler: (input: InputOf<O>) => Promise<O['status'] extends 204 ? void : ResponseOf<O>>,
): Route {
	return toRoute(operation as unknown as Operation & O, async (input, res) => {
		const body = await handler(input as InputOf<O>);
		res.status(operation.status);
		if (operation.status === 204) res.end();
		else res.json(body);
	});
}

/** Like {@link defineRoute}, for a handler that writes its response itself. */
export function defineStreamRoute<O extends Operation<z.ZodType, z.ZodType, z.ZodType, z.ZodType>>(
	operation: O,
	handler: (input: InputOf<O>, res: Response) => Promise<void>,
): Route {
	return toRoute(operation as unknown as Operation & O, (input, res) => handler(input as InputOf<O>, res));
}
