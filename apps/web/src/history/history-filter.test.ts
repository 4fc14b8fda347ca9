import { expect, test } from '@jest/globals';
import { filterOf } from './history-filter.ts';

test.each([
	['', {}],
	['status=failed&tool=ocr', { status: 'failed', tool: 'ocr' }],
	['status=burnt', {}],
	['tool=../v1', {}],
	['tool=', {}],
])('reads %p as %p', (query, filter) => {
	expect(filterOf(new URLSearchParams(query))).toEqual(filter);
});
