import * as fc from 'fast-check';
import type { Route } from '../driver/openapi.ts';
import { hostileText, hostileValue, rawBody } from './hostile-values.ts';
import { oddHeader, oddQuery, oddSegment } from './odd-parts.ts';
import type { Actor, Body, Plan } from './plan.ts';
import { nearly, type Schema, type Schemas, valueFor } from './schema-values.ts';

interface Parameter {
	name: string;
	in: string;
	required?: boolean;
	schema?: Schema;
}

const actor: fc.Arbitrary<Actor> = fc.constantFrom(
	'first',
	'first',
	'first',
	'first',
	'second',
	'second',
	'nobody',
	'forger',
);

function paramsOf(schemas: Schemas, parameters: Parameter[]): fc.Arbitrary<Record<string, unknown>> {
	const values = parameters.map(({ name, schema = {} }) => [
		name,
		fc.oneof(
			{ weight: 8, arbitrary: valueFor(schemas, schema, name) },
			{ weight: 1, arbitrary: oddSegment },
			{ weight: 1, arbitrary: hostileText },
		),
	]);
	return fc.record(Object.fromEntries(values)) as fc.Arbitrary<Record<string, unknown>>;
}

/** Of what the route knows some, some of it twice, and some that it does not know. */
function pairsOf(
	schemas: Schemas,
	parameters: Parameter[],
	others: fc.Arbitrary<[string, unknown]>,
): fc.Arbitrary<[string, unknown][]> {
	const own = parameters.map(({ name, schema = {} }) =>
		fc.tuple(
			fc.constant(name),
			fc.oneof(
				{ weight: 4, arbitrary: valueFor(schemas, schema, name) },
				{ weight: 1, arbitrary: hostileText },
			),
		),
	);
	if (own.length === 0) return fc.array(others, { maxLength: 1 });
	return fc.array(fc.oneof({ weight: 4, arbitrary: fc.oneof(...own) }, { weight: 1, arbitrary: others }), {
		maxLength: 3,
	});
}

function bodyOf(schemas: Schemas, schema: Schema | undefined): fc.Arbitrary<Body> {
	const none = fc.constant<Body>({ kind: 'none' });
	const json = (value: fc.Arbitrary<unknown>) => value.map((one): Body => ({ kind: 'json', value: one }));
	const raw = rawBody.map((base64): Body => ({ kind: 'raw', base64 }));
	if (!schema) {
		return fc.oneof(
			{ weight: 8, arbitrary: none },
			{ weight: 1, arbitrary: json(hostileValue) },
			{ weight: 1, arbitrary: raw },
		);
	}
	const good = valueFor(schemas, schema);
	return fc.oneof(
		{ weight: 8, arbitrary: json(good) },
		{ weight: 6, arbitrary: json(nearly(good)) },
		{ weight: 1, arbitrary: raw },
		{ weight: 1, arbitrary: none },
	);
}

function bodySchemaOf(route: Route): Schema | undefined {
	const body = route.operation.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined;
	return body?.content?.['application/json']?.schema;
}

const WEBHOOK = '/v1/billing/webhook';

const customer = fc.oneof(fc.constantFrom('cus_unknown', null), fc.record({ id: hostileText }), hostileText);

/** What Stripe sends, what it could send, and what it never would. */
const stripeEvent: fc.Arbitrary<unknown> = fc.record({
	id: fc.oneof(
		fc.uuid().map((id) => `evt_${id}`),
		hostileText,
	),
	object: fc.constantFrom('event', 'v2.core.event'),
	type: fc.oneof(
		fc.constantFrom('invoice.paid', 'customer.subscription.updated', 'checkout.session.completed'),
		hostileText,
	),
	data: nearly(fc.record({ object: nearly(fc.record({ customer })) })),
});

const webhookBody: fc.Arbitrary<Body> = fc.oneof(
	{ weight: 4, arbitrary: nearly(stripeEvent).map((value): Body => ({ kind: 'json', value })) },
	{ weight: 1, arbitrary: rawBody.map((base64): Body => ({ kind: 'raw', base64 })) },
);

/** Requests for this route: good ones, nearly good ones, and worse. */
export function plansFor(schemas: Schemas, route: Route): fc.Arbitrary<Plan> {
	const parameters = route.operation.parameters as Parameter[];
	const those = (place: string) => parameters.filter((parameter) => parameter.in === place);
	return fc.record({
		route: fc.constant(`${route.method} ${route.path}`),
		method: fc.oneof(
			{ weight: 30, arbitrary: fc.constant(route.method) },
			{
				weight: 1,
				arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'),
			},
		),
		params: paramsOf(schemas, those('path')),
		query: fc.oneof(
			{ weight: 4, arbitrary: pairsOf(schemas, those('query'), oddQuery) },
			{ weight: 2, arbitrary: fc.constant<[string, unknown][]>([]) },
		),
		headers: fc.oneof(
			{ weight: 2, arbitrary: pairsOf(schemas, those('header'), oddHeader) },
			{ weight: 2, arbitrary: fc.constant<[string, unknown][]>([]) },
		),
		body: route.path === WEBHOOK ? webhookBody : bodyOf(schemas, bodySchemaOf(route)),
		signed: route.path === WEBHOOK ? fc.constantFrom(true, true, true, false) : fc.constant(false),
		actor,
		times: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2, 3),
		uploads: fc.constantFrom(true, true, false),
	});
}
