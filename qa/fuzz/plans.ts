import * as fc from 'fast-check';
import type { Route } from '../driver/openapi.ts';
import {
	hostileText,
	hostileValue,
	oddHeader,
	oddQuery,
	oddSegment,
	rawBody,
	weighted,
} from './hostile-values.ts';
import type { Actor, Body, Plan } from './plan.ts';
import { nearly, type Schema, type Schemas, valueFor } from './schema-values.ts';

interface Parameter {
	name: string;
	in: string;
	schema?: Schema;
}

type Pairs = fc.Arbitrary<[string, unknown][]>;

const actor: fc.Arbitrary<Actor> = weighted<Actor>(
	[4, fc.constant('first')],
	[2, fc.constant('second')],
	[2, fc.constantFrom('nobody', 'forger')],
);
const otherMethod = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE');

function paramsOf(schemas: Schemas, parameters: Parameter[]): fc.Arbitrary<Record<string, unknown>> {
	const values = parameters.map(({ name, schema = {} }) => [
		name,
		weighted<unknown>([8, valueFor(schemas, schema, name)], [1, oddSegment], [1, hostileText]),
	]);
	return fc.record(Object.fromEntries(values)) as fc.Arbitrary<Record<string, unknown>>;
}

/** Some parameters of the route, maybe twice, and some unknown ones. */
function pairsOf(schemas: Schemas, parameters: Parameter[], others: fc.Arbitrary<[string, unknown]>): Pairs {
	const own = parameters.map(({ name, schema = {} }) =>
		fc.tuple(fc.constant(name), weighted<unknown>([4, valueFor(schemas, schema, name)], [1, hostileText])),
	);
	if (own.length === 0) return fc.array(others, { maxLength: 1 });
	return fc.array(weighted([4, fc.oneof(...own)], [1, others]), { maxLength: 3 });
}

const none = fc.constant<Body>(undefined);
const raw = rawBody.map((base64): Body => ({ base64 }));
const asJson = (value: fc.Arbitrary<unknown>) => value.map((json): Body => ({ json }));

function bodyOf(schemas: Schemas, { operation }: Route): fc.Arbitrary<Body> {
	const declared = operation.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined;
	const schema = declared?.content?.['application/json']?.schema;
	if (!schema) return weighted([8, none], [1, asJson(hostileValue)], [1, raw]);
	const good = valueFor(schemas, schema);
	return weighted([8, asJson(good)], [6, asJson(nearly(good))], [1, raw], [1, none]);
}

const WEBHOOK = '/v1/billing/webhook';

const customer = fc.oneof(fc.constantFrom('cus_unknown', null), fc.record({ id: hostileText }), hostileText);
const eventType = fc.constantFrom(
	'invoice.paid',
	'customer.subscription.updated',
	'checkout.session.completed',
);

/** Events that Stripe sends, could send, or would never send. */
const stripeEvent: fc.Arbitrary<unknown> = fc.record({
	id: fc.oneof(
		fc.uuid().map((id) => `evt_${id}`),
		hostileText,
	),
	object: fc.constantFrom('event', 'v2.core.event'),
	type: fc.oneof(eventType, hostileText),
	data: nearly(fc.record({ object: nearly(fc.record({ customer })) })),
});
const webhookBody = weighted([4, asJson(nearly(stripeEvent))], [1, raw]);

/** Requests for this route: good ones, nearly good ones, and hostile ones. */
export function plansFor(schemas: Schemas, route: Route): fc.Arbitrary<Plan> {
	const parameters = route.operation.parameters as Parameter[];
	const isWebhook = route.path === WEBHOOK;
	const parametersIn = (place: string) => parameters.filter((parameter) => parameter.in === place);
	const noPairs: Pairs = fc.constant([]);
	return fc.record({
		route: fc.constant(`${route.method} ${route.path}`),
		method: weighted([30, fc.constant(route.method)], [1, otherMethod]),
		params: paramsOf(schemas, parametersIn('path')),
		query: weighted([4, pairsOf(schemas, parametersIn('query'), oddQuery)], [2, noPairs]),
		headers: weighted([2, pairsOf(schemas, parametersIn('header'), oddHeader)], [2, noPairs]),
		body: isWebhook ? webhookBody : bodyOf(schemas, route),
		signed: isWebhook ? fc.constantFrom(true, true, true, false) : fc.constant(false),
		actor,
		times: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2, 3),
		uploads: fc.constantFrom(true, true, false),
	});
}
