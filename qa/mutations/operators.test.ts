import { describe, expect, test } from '@jest/globals';
import { applyMutant } from './apply.ts';
import { inPackage } from './mutant.ts';
import {
	dropCall,
	dropOperand,
	dropProperty,
	forceCondition,
	type Operator,
	replaceCall,
	replaceConstant,
	replaceProperty,
	replaceReturn,
	replaceText,
} from './operators.ts';

/** Returns a file after an operator has changed its declaration `f`. */
function mutate(
	source: string,
	operator: Operator,
	{ path = 'apps/app/src/f.ts', symbol = 'f' } = {},
): string {
	const changed = applyMutant({ mutations: [inPackage('app')(symbol, operator)] }, new Map([[path, source]]));
	return changed.get(path) ?? '';
}

const inFunction = (body: string) => `async function f(a, b) { ${body} }`;

describe('an operator on TypeScript', () => {
	test.each<[string, Operator, string]>([
		['if (a > 1) return; if (b) g();', forceCondition(false, 'a'), 'if ((false)) return; if (b) g();'],
		['if (a) { if (b) throw g(); }', forceCondition(false, 'g'), 'if (a) { if ((false)) throw g(); }'],
		["return a ? 'x' : 'y';", forceCondition(true, 'x'), "return (true) ? 'x' : 'y';"],
		['return a && b.c && d;', dropOperand('c'), 'return a && true && d;'],
		['return a || (b && c) || d;', dropOperand('c'), 'return a || (b && true) || d;'],
		['return a || b;', dropOperand('b'), 'return a || false;'],
		['if (a) await b.g(a); b.h();', dropCall('g'), 'if (a) ; b.h();'],
		['x.g(a); y.g(b);', dropCall('g', 'y'), 'x.g(a); ;'],
		['const c = await g(a);', replaceCall('g', '[]'), 'const c = await ([]);'],

		['if (a) return 1; return b;', replaceReturn('2', 'b'), 'if (a) return 1; return (2);'],
		['return { a, b: 1 };', dropProperty('a'), 'return {  b: 1 };'],
		['return { a: 1, a2: { b } };', dropProperty('b'), 'return { a: 1, a2: {  } };'],
		['return { a, b };', replaceProperty('b', '1'), 'return { a, b: (1) };'],

		['return [a,\n\tb.c()];', replaceText('a, b.c', 'b.c'), 'return [b.c()];'],
	])('changes %s', (body, operator, changed) => {
		expect(mutate(inFunction(body), operator)).toBe(inFunction(changed));
	});

	test('changes a constant', () => {
		expect(mutate('const f = 1;', replaceConstant('2'))).toBe('const f = (2);');
	});

	test('finds a name within another', () => {
		const source = 'const a = { f() { g(); } }; const b = { f() { g(); } };';
		expect(mutate(source, dropCall('g'), { symbol: 'b.f' })).toBe(
			'const a = { f() { g(); } }; const b = { f() { ; } };',
		);
	});

	test.each([
		['finds no place', 'if (b) g();'],
		['finds 2 places', 'if (a) g(); if (a) h();'],
	])('%s and says so', (message, body) => {
		expect(() => mutate(inFunction(body), forceCondition(false, 'a'))).toThrow(message);
	});

	test('finds no place in a file of another package', () => {
		const path = 'apps/other/src/f.ts';
		expect(() => mutate(inFunction('if (a) g();'), forceCondition(false, 'a'), { path })).toThrow(
			'finds no place in f of app',
		);
	});
});

describe('replaceText changes', () => {
	test('one statement of a migration', () => {
		const sql = 'CREATE TRIGGER "e" BEFORE UPDATE ON "e";\nCREATE TRIGGER "f" BEFORE UPDATE ON "f";\n';
		const path = 'apps/app/prisma/migrations/1/migration.sql';
		expect(mutate(sql, replaceText('UPDATE', 'DELETE'), { path })).toBe(
			'CREATE TRIGGER "e" BEFORE UPDATE ON "e";\nCREATE TRIGGER "f" BEFORE DELETE ON "f";\n',
		);
	});

	test.each([
		[
			'function',
			'def e():\n    g(1)\n\n\ndef f(\n    a: int,\n) -> int:\n\n    g(1)\n\n\nclass C:\n    c = g(1)\n',
		],
		['method', 'class C:\n    def e():\n        g(1)\n    async def f():\n        g(1)\n    c = g(1)\n'],
		['constant', 'e = g(1)\nf = (\n    g(1),\n)\nc = g(1)\n'],
	])('one %s of Python', (_, python) => {
		const [before, own, ...after] = python.split('g(1)');
		expect(mutate(python, replaceText('g(1)', 'pass'), { path: 'apps/app/src/f.py' })).toBe(
			`${before}g(1)${own}pass${after.join('g(1)')}`,
		);
	});
});
