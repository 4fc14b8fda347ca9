import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sampleManifest } from '../testing/sample-manifest.ts';
import { describeTool } from '../tool/describe.ts';
import { defineTool } from '../tool/manifest.ts';
import {
	createSealer,
	REDACTED,
	sealingKeysSchema,
	secretNames,
	secretParam,
	splitSecrets,
} from './secret-params.ts';

const schema = z.strictObject({
	level: z.int().default(3).meta({ description: 'a level' }),
	password: secretParam('opens the file'),
	owner_password: secretParam('changes the file'),
});

describe('secret params', () => {
	test('are listed by name and described as write-only', () => {
		expect(secretNames(schema)).toEqual(['password', 'owner_password']);
		expect(describeTool(defineTool(sampleManifest(schema))).params).toMatchObject({
			properties: { password: { writeOnly: true, format: 'password', default: null } },
		});
	});

	test('are redacted in shown params where they were given', () => {
		const params = schema.parse({ password: 'hush' });
		expect(splitSecrets(schema, params)).toEqual({
			redacted: { level: 3, password: REDACTED, owner_password: null },
			secrets: { password: 'hush' },
		});
	});
});

describe('the sealer', () => {
	const key = randomBytes(32);
	const other = randomBytes(32);
	const sealer = createSealer([key]);
	const sealed = sealer.seal({ password: 'hush' }, 'job_1') ?? '';

	test('opens what it sealed, and the sealed text contains no secret', () => {
		expect(sealer.open(sealed, 'job_1')).toEqual({ password: 'hush' });
		expect(sealed + Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain(
			'hush',
		);
	});

	test('returns null when there are no secrets', () => {
		expect(sealer.seal({}, 'job_1')).toBeNull();
	});

	test('seals equal secrets differently each time', () => {
		expect(sealer.seal({ password: 'hush' }, 'job_1')).not.toBe(sealed);
	});

	test('opens what an older key sealed', () => {
		expect(createSealer([other, key]).open(sealed, 'job_1')).toEqual({ password: 'hush' });
	});

	test.each([
		['a text of another job', () => sealer.open(sealed, 'job_2')],
		['a text sealed with an unknown key', () => createSealer([other]).open(sealed, 'job_1')],
		['a changed text', () => sealer.open(`${sealed.slice(0, -3)}AAA`, 'job_1')],
		['a cut text', () => sealer.open(sealed.slice(0, 20), 'job_1')],
	])('refuses %s', (_, open) => {
		expect(open).toThrow();
	});
});

test('sealingKeysSchema refuses keys of another length than 32 bytes', () => {
	expect(sealingKeysSchema.safeParse(randomBytes(32).toString('base64')).success).toBe(true);
	expect(sealingKeysSchema.safeParse(randomBytes(31).toString('base64')).success).toBe(false);
	expect(sealingKeysSchema.safeParse('').success).toBe(false);
});
