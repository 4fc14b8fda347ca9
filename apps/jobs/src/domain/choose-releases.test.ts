import { describe, expect, test } from '@jest/globals';
import { type Candidate, chooseReleases } from './choose-releases.ts';

const job = (id: string, tool: string, userId: string, allowance = 9): Candidate => ({
	id,
	tool,
	userId,
	allowance,
	requestId: 'req',
	traceparent: null,
	background: false,
});
const chosen = (candidates: Candidate[], free: Record<string, number>) => {
	const background = new Map(Object.keys(free).map((tool) => [tool, 1]));
	return chooseReleases(candidates, { byTool: new Map(Object.entries(free)), background }).map(
		({ id }) => id,
	);
};

describe('of the candidates', () => {
	test('those that come first are taken, as many as each tool has places', () => {
		const candidates = [
			job('1', 'ocr', 'a'),
			job('2', 'ocr', 'b'),
			job('3', 'pdf', 'a'),
			job('4', 'ocr', 'c'),
		];
		expect(chosen(candidates, { ocr: 2, pdf: 5 })).toEqual(['1', '2', '3']);
	});

	test('no user gets more than is allowed over all tools, and the next ones get the places', () => {
		const candidates = [
			job('1', 'ocr', 'a', 2),
			job('2', 'pdf', 'a', 2),
			job('3', 'ocr', 'a', 2),
			job('4', 'ocr', 'b', 1),
			job('5', 'pdf', 'b', 1),
		];
		expect(chosen(candidates, { ocr: 9, pdf: 9 })).toEqual(['1', '2', '4']);
	});

	test('none is taken for a tool without places, nor does it cost its user anything', () => {
		expect(chosen([job('1', 'ocr', 'a', 1), job('2', 'pdf', 'a', 1)], { pdf: 1 })).toEqual(['2']);
	});

	test('no more that take long are taken than there are background slots, and the next ones get the places', () => {
		const long = (id: string, userId: string) => ({ ...job(id, 'ocr', userId), background: true });
		const candidates = [long('1', 'a'), long('2', 'b'), job('3', 'ocr', 'b', 1), job('4', 'ocr', 'c')];
		expect(chosen(candidates, { ocr: 3 })).toEqual(['1', '3', '4']);
	});

	test('two tools that share one background slot get one job that takes long', () => {
		const long = (id: string, tool: string) => ({ ...job(id, tool, id), background: true });
		expect(chosen([long('1', 'ocr'), long('2', 'pdf')], { ocr: 1, pdf: 1 })).toEqual(['1']);
	});
});
