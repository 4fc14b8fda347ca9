import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, type DeprecatedSetting, loadConfig } from './config.ts';

const schema = z
	.object({
		STARVATION_TIMEOUT_MINUTES: z.coerce.number().default(10).meta({ deprecatedName: 'PASS_OVER_MINUTES' }),
		PORT: z.coerce.number().default(80),
	})
	.transform((config) => ({ ...config, isParsed: true }));

function load(env: NodeJS.ProcessEnv) {
	const deprecated: DeprecatedSetting[] = [];
	const config = loadConfig(schema, env, (setting) => deprecated.push(setting));
	return { config, deprecated };
}

describe('loadConfig', () => {
	test('accepts a deprecated name and reports it once, with its replacement', () => {
		expect(load({ PASS_OVER_MINUTES: '3' })).toEqual({
			config: { STARVATION_TIMEOUT_MINUTES: 3, PORT: 80, isParsed: true },
			deprecated: [{ name: 'PASS_OVER_MINUTES', replacement: 'STARVATION_TIMEOUT_MINUTES' }],
		});
	});

	test('prefers a deprecated name, as the new one may be set for another service', () => {
		const { config, deprecated } = load({ PASS_OVER_MINUTES: '3', STARVATION_TIMEOUT_MINUTES: '4' });
		expect(config.STARVATION_TIMEOUT_MINUTES).toBe(3);
		expect(deprecated).toHaveLength(1);
	});

	test('names both names of a wrong value, and not the value', () => {
		const wrong = () => load({ PASS_OVER_MINUTES: 'secret' });
		expect(wrong).toThrow(ConfigError);
		expect(wrong).toThrow('STARVATION_TIMEOUT_MINUTES (set as PASS_OVER_MINUTES): ');
		expect(wrong).not.toThrow('secret');
	});
});
