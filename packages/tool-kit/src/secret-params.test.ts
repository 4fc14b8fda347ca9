import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { describeTool } from './describe.ts';
import { defineTool } from './manifest.ts';
import { secretNames, secretParam } from './params.ts';
import { createParamSealer, paramKeysSchema, REDACTED, splitSecrets } from './secret-params.ts';

const schema = z.strictObject({
	level: z.int().default(3).meta({ description: 'a level' }),
	password: secretParam('opens the file'),
	owner_password: secretParam('changes the file'),
});

describe('secret params', () => {
	test('are known by name and described to people as write-only', () => {
		expect(secretNames(schema)).toEqual(['password', 'owner_password']);
		const limits = {
			maxInputBytes: 1,
			deadline: { baseMs: 1, perMiBMs: 1, capMs: 1 },
			memoryBytes: 1,
			maxFileBytes: 1,
			maxProcesses: 1,
		};
		const tool = defineTool({
			slug: 'x',
			title: 'X',
			summary: 'X',
			accepts: [],
			params: schema,
			limits,
			binaries: [],
			outputName: (name) => name,
			outputMimeType: () => 'text/plain',
		});
		expect(describeTool(tool).params).toMatchObject({
			properties: { password: { writeOnly: true, format: 'password', default: null } },
		});
	});

	test('are replaced in what is shown, and only those that were given', () => {
		const params = schema.parse({ password: 'hush' });
		expect(splitSecrets(schema, params)).toEqual({
			shown: { level: 3, password: REDACTED, owner_password: null },
			secrets: { password: 'hush' },
		});
	});
});

describe('a sealer', () => {
	const key = randomBytes(32);
	const other = randomBytes(32);
	const sealer = createParamSealer([key]);
	const sealed = sealer.seal({ password: 'hush' }, 'job_1') ?? '';

	test('gives back what it sealed, and shows nothing of it', () => {
		expect(sealer.open(sealed, 'job_1')).toEqual({ password: 'hush' });
		expect(sealed + Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain(
			'hush',
		);
	});

	test('has nothing to seal where there are no secrets', () => {
		expect(sealer.seal({}, 'job_1')).toBeNull();
	});

	test('never seals the same twice alike', () => {
		expect(sealer.seal({ password: 'hush' }, 'job_1')).not.toBe(sealed);
	});

	test('opens what an older key sealed', () => {
		expect(createParamSealer([other, key]).open(sealed, 'job_1')).toEqual({ password: 'hush' });
	});

	test.each([
		['another job', () => sealer.open(sealed, 'job_2')],
		['another key', () => createParamSealer([other]).open(sealed, 'job_1')],
		['a changed text', () => sealer.open(`${sealed.slice(0, -3)}AAA`, 'job_1')],
		['a cut text', () => sealer.open(sealed.slice(0, 20), 'job_1')],
	])('refuses %s', (_, open) => {
		expect(open).toThrow();
	});
});

test('keys must have their length', () => {
	expect(paramKeysSchema.safeParse(randomBytes(32).toString('base64')).success).toBe(true);
	expect(paramKeysSchema.safeParse(randomBytes(31).toString('base64')).success).toBe(false);
	expect(paramKeysSchema.safeParse('').success).toBe(false);
});
