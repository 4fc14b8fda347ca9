import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { choiceParam } from './choice-param.ts';
import { paramsJsonSchema } from './params.ts';

test('choiceParam declares values, their default, and the words for each', () => {
	const mode = choiceParam(
		{ skip: { title: 'Leave unchanged' }, redo: { title: 'Replace', description: 'Reads them again.' } },
		{ title: 'Pages', description: 'Pages that have text.', default: 'skip' },
	);
	const params = z.strictObject({ mode });
	expect(params.parse({})).toEqual({ mode: 'skip' });
	expect(params.safeParse({ mode: 'force' }).success).toBe(false);
	expect(paramsJsonSchema(params).properties).toEqual({
		mode: {
			type: 'string',
			enum: ['skip', 'redo'],
			default: 'skip',
			title: 'Pages',
			description: 'Pages that have text.',
			'x-enumTitles': { skip: 'Leave unchanged', redo: 'Replace' },
			'x-enumDescriptions': { redo: 'Reads them again.' },
		},
	});
});
