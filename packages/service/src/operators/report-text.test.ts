import { expect, test } from '@jest/globals';
import { reportText } from './report-text.ts';

test('a report shows its fields in columns, and sections and tables under their names', () => {
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
	expect(reportText(report).split('\n')).toEqual([
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

test('what people have typed stays on its line and moves no cursor', () => {
	expect(reportText({ user_agent: 'a\u001b[2Jb\nid usr_2' })).toBe('user_agent  a [2Jb id usr_2\n');
});

test('a date that is none is said, and the rest is shown', () => {
	expect(reportText({ until: new Date(Number.NaN), plan: 'pro' })).toBe('until  no date\nplan   pro\n');
});
