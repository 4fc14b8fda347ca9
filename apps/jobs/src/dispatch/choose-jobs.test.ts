import { describe, expect, test } from '@jest/globals';
import { type Candidate, chooseJobs } from './choose-jobs.ts';

const job = (id: string, tool: string, userId: string, userSlots = 9): Candidate => ({
	id,
	tool,
	userId,
	userSlots,
	requestId: 'req',
	traceparent: null,
	background: false,
});
const chosen = (candidates: Candidate[], free: Record<string, number>) => {
	const background = new Map(Object.keys(free).map((tool) => [tool, 1]));
	return chooseJobs(candidates, { byTool: new Map(Object.entries(free)), background }).map(({ id }) => id);
};

describe('choosing jobs', () => {
	test('takes the first candidates, as many as each tool has slots', () => {
		const candidates = [
			job('1', 'ocr', 'a'),
			job('2', 'ocr', 'b'),
			job('3', 'pdf', 'a'),
			job('4', 'ocr', 'c'),
		];
		expect(chosen(candidates, { ocr: 2, pdf: 5 })).toEqual(['1', '2', '3']);
	});

	test('gives no user more than the user’s slots over all tools, and gives the slots to the next candidates', () => {
		const candidates = [
			job('1', 'ocr', 'a', 2),
			job('2', 'pdf', 'a', 2),
			job('3', 'ocr', 'a', 2),
			job('4', 'ocr', 'b', 1),
			job('5', 'pdf', 'b', 1),
		];
		expect(chosen(candidates, { ocr: 9, pdf: 9 })).toEqual(['1', '2', '4']);
	});

	test('takes no job of a tool without slots, and does not count it for its user', () => {
		expect(chosen([job('1', 'ocr', 'a', 1), job('2', 'pdf', 'a', 1)], { pdf: 1 })).toEqual(['2']);
	});

	test('takes no more background jobs than background slots, and gives the slots to the next candidates', () => {
		const long = (id: string, userId: string) => ({ ...job(id, 'ocr', userId), background: true });
		const candidates = [long('1', 'a'), long('2', 'b'), job('3', 'ocr', 'b', 1), job('4', 'ocr', 'c')];
		expect(chosen(candidates, { ocr: 3 })).toEqual(['1', '3', '4']);
	});

	test('takes one background job for two tools that share one background slot', () => {
		const long = (id: string, tool: string) => ({ ...job(id, tool, id), background: true });
		expect(chosen([long('1', 'ocr'), long('2', 'pdf')], { ocr: 1, pdf: 1 })).toEqual(['1']);
	});
});
