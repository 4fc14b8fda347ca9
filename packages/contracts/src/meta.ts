import { z } from 'zod';
import { defineOperation, enveloped } from './operation.ts';

export const getHealth = defineOperation({
	id: 'getHealth',
	title: 'Show the health',
	method: 'get',
	path: '/v1/health',
	service: 'gateway',
	access: 'public',
	summary: 'Say whether every part answers.',
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
	title: 'Show the API description',
	method: 'get',
	path: '/v1/openapi.json',
	service: 'gateway',
	access: 'public',
	summary: 'This document.',
	status: 200,
	response: z.looseObject({ openapi: z.string() }).meta({ 'x-maxBytes': 512 * 1024 }),
	errors: [],
});
