import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../limit-settings.ts';
import { fitToOpenFiles, readOpenFileLimit } from './open-files.ts';

function fit(openFiles: number | undefined) {
	const warnings: unknown[] = [];
	const ignore = () => undefined;
	const logger = {
		debug: ignore,
		info: ignore,
		error: ignore,
		warn: (event: string, fields?: object) => warnings.push({ event, ...fields }),
	};
	return { connections: fitToOpenFiles(LIMITS, openFiles, logger).connections, warnings };
}

describe('the limit of connections', () => {
	test('keeps its value when the process may open enough files, or the number is unknown', () => {
		for (const openFiles of [1_048_576, undefined]) {
			expect(fit(openFiles)).toEqual({ connections: LIMITS.connections, warnings: [] });
		}
	});

	test('is lowered with a warning when the process may open too few files', () => {
		const warning = { event: 'gateway.max_connections_lowered', open_files: 1_024, connections: 412 };
		expect(fit(1_024)).toEqual({ connections: 412, warnings: [warning] });
	});
});

test('readOpenFileLimit reads /proc where it exists', () => {
	const limit = readOpenFileLimit();
	if (process.platform === 'linux') expect(limit).toBeGreaterThan(0);
	else expect(limit).toBeUndefined();
});
