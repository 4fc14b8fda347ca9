import { z } from 'zod';
import { errorDescriptionSchema } from './error-catalog.ts';
import { defineOperation, enveloped } from './operation.ts';

export const getHealth = defineOperation({
	id: 'getHealth',
	title: 'Get the health',
	method: 'get',
	path: '/v1/health',
	service: 'gateway',
	access: 'public',
	summary: 'Returns whether all services are up.',
	status: 200,
	response: enveloped(
		z.object({
			status: z.literal('ok'),
			services: z.record(z.string(), z.literal('ok')).meta({ 'x-maxBytes': 1024 }),
		}),
	),
	errors: ['upstream_unavailable'],
});

export const getOpenApi = defineOperation({
	id: 'getOpenApi',
	title: 'Get the OpenAPI document',
	method: 'get',
	path: '/v1/openapi.json',
	service: 'gateway',
	access: 'public',
	summary: 'Returns this document.',
	status: 200,
	response: z.looseObject({ openapi: z.string() }).meta({ 'x-maxBytes': 512 * 1024 }),
	errors: [],
});

export const listErrors = defineOperation({
	id: 'listErrors',
	title: 'List error codes',
	method: 'get',
	path: '/v1/errors',
	service: 'gateway',
	access: 'public',
	summary: 'Lists all error codes of requests and jobs with their cause and fix.',
	status: 200,
	response: enveloped(z.array(errorDescriptionSchema).meta({ 'x-maxBytes': 64 * 1024 })),
	errors: [],
});
