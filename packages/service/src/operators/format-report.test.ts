import { expect, test } from '@jest/globals';
import { formatReport } from './format-report.ts';

test('formatReport shows fields in columns, and sections and tables under their names', () => {
	const report = {
		id: 'usr_1',
		sessions: [
			{ id: 'ses_1', seen_at: new Date(0), address: null },
			{ id: 'ses_22', seen_at: new Date(0), address: '192.0.2.1' },
		],
		suspended_at: null,
		plan: { name: 'pro', limits: { jobs: 3 } },
		events: [],
	};
	expect(formatReport(report).split('\n')).toEqual([
		'id            usr_1',
		'suspended_at  -',
		'',
		'sessions',
		'  id      seen_at                   address',
		'  ses_1   1970-01-01T00:00:00.000Z  -',
		'  ses_22  1970-01-01T00:00:00.000Z  192.0.2.1',
		'',
		'plan',
		'  name  pro',
		'',
		'  limits',
		'    jobs  3',
		'',
		'events: none',
		'',
	]);
});

test('formatReport keeps user input on its line and escapes control characters', () => {
	expect(formatReport({ user_agent: 'a\u001b[2Jb\nid usr_2' })).toBe('user_agent  a [2Jb id usr_2\n');
});

test('formatReport names an invalid date and shows the other fields', () => {
	expect(formatReport({ until: new Date(Number.NaN), plan: 'pro' })).toBe('until  no date\nplan   pro\n');
});
