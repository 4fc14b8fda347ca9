import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { prettyLine } from './pretty-line.ts';

const pretty = (line: object) => stripVTControlCharacters(prettyLine(line as Record<string, unknown>));
const LINE = { time: '2026-01-02T03:04:05.678Z', level: 'info', service: 'jobs', event: 'http.request' };

test('prettyLine shows time, level, service and event first, and then all other fields', () => {
	const line = { ...LINE, request_id: 'req_1', status: 200, reason: 'it is "late"', gone: undefined };
	expect(pretty(line)).toBe(
		'03:04:05.678 INFO  jobs: http.request request_id=req_1 status=200 reason="it is \\"late\\""',
	);
});

test('prettyLine shows an error with its stack and causes below the line', () => {
	const cause = { name: 'Error', message: 'refused', stack: 'Error: refused\n    at connect' };
	const error = { name: 'Error', message: 'away', stack: 'Error: away\n    at query', cause };
	expect(pretty({ ...LINE, level: 'error', error }).split('\n')).toEqual([
		'03:04:05.678 ERROR jobs: http.request',
		'  Error: away',
		'      at query',
		'  caused by:',
		'  Error: refused',
		'      at connect',
	]);
	expect(pretty({ ...LINE, error: 'a word' })).toContain('\n  a word');
	const failed = { message: 'failed', cause: { exit_code: 3 } };
	expect(pretty({ ...LINE, error: failed })).toMatch(/caused by:\n {2}\{\n.*"exit_code": 3/);
});
