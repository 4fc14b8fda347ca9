import { describe, expect, test } from '@jest/globals';
import { applyMutant } from './apply.ts';
import { inPackage } from './mutant.ts';
import {
	addElements,
	dropAssignment,
	dropCall,
	dropElements,
	dropOperand,
	dropProperty,
	dropSpread,
	emptyBody,
	forceCondition,
	forceSqlCondition,
	insertBefore,
	iterateOver,
	nth,
	type Operator,
	replaceArgument,
	replaceCall,
	replaceCallee,
	replaceCondition,
	replaceConstant,
	replaceLiteral,
	replaceProperty,
	replaceReturn,
	replaceSqlValue,
	replaceText,
	skipMethod,
	unwrapCall,
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
		['while (a(b)) g();', replaceCondition('b.c', 'a'), 'while ((b.c)) g();'],
		['return a && b.c && d;', dropOperand('c'), 'return a && true && d;'],
		['return a || (b && c) || d;', dropOperand('c'), 'return a || (b && true) || d;'],
		['return a || b;', dropOperand('b'), 'return a || false;'],
		['if (a) await b.g(a); b.h();', dropCall('g'), 'if (a) ; b.h();'],
		['x.g(a); y.g(b);', dropCall('g', 'y'), 'x.g(a); ;'],
		['x.g(a); y.g(b);', nth(1, dropCall('g')), '; y.g(b);'],
		['const c = await g(a);', replaceCall('g', '[]'), 'const c = await ([]);'],
		['return g(h(a, 1), b);', unwrapCall('h'), 'return g((a), b);'],
		["return a.replace(B, '').replace(C, '');", skipMethod('replace', 'C'), "return (a.replace(B, ''));"],
		['return Math.min(1, a);', replaceArgument('min', 1, 'Infinity'), 'return Math.min((Infinity), a);'],
		['m.run(a, b);', replaceCallee('run', 'c'), '(c)(a, b);'],
		['a.b = 1; c.d = 2;', dropAssignment('d'), 'a.b = 1; ;'],
		['g(); if (a) h();', insertBefore('i();', 'h'), 'g(); i();\nif (a) h();'],
		['if (a) return 1; return b;', replaceReturn('2', 'b'), 'if (a) return 1; return (2);'],
		['for (const c of A) g(c);', iterateOver('B', 'A'), 'for (const c of (B)) g(c);'],
		["return g('x', 'y');", replaceLiteral('x', 'String(a)'), "return g(String(a), 'y');"],
		['return `--x`;', replaceText('--x', '--y'), 'return `--y`;'],
		['return { a, b: 1 };', dropProperty('a'), 'return {  b: 1 };'],
		['return { a: 1, a2: { b } };', dropProperty('b'), 'return { a: 1, a2: {  } };'],
		['return { a, b };', replaceProperty('b', '1'), 'return { a, b: (1) };'],
		['return { ...a, ...b };', dropSpread('b'), 'return { ...a,  };'],
		["return [...['x', a], 'y'];", dropSpread('x'), "return [ 'y'];"],
		["return ['x', 'y', 'x', 'z'];", dropElements('x', 'z'), "return ['x', 'y', ];"],
	])('changes %s', (body, operator, changed) => {
		expect(mutate(inFunction(body), operator)).toBe(inFunction(changed));
	});

	test('changes constants, arrays and methods by their name', () => {
		expect(mutate('const f = 1;', replaceConstant('2'))).toBe('const f = (2);');
		expect(mutate('const f = [a];', addElements("'b'"))).toBe("const f = ['b', a];");
		expect(mutate('const g = { f() { h(); } };', emptyBody())).toBe('const g = { f() {} };');
		expect(mutate('const f = () => { g(); };', emptyBody())).toBe('const f = () => {};');
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

describe('an operator on SQL in a template', () => {
	test.each<[string, Operator, string]>([
		[
			`DELETE FROM t WHERE a = \${x({ y: 1 })} AND b > now() RETURNING c`,
			forceSqlCondition(true, 'a'),
			'DELETE FROM t WHERE true AND b > now() RETURNING c',
		],
		[
			'SELECT 1 FROM t WHERE a AND (b IS NULL OR b < now()) FOR UPDATE',
			forceSqlCondition(true, 'b'),
			'SELECT 1 FROM t WHERE a AND true FOR UPDATE',
		],
		[
			'SELECT CASE WHEN a BETWEEN 1 AND g(2) THEN 0 ELSE 1 END',
			forceSqlCondition(false, 'a'),
			'SELECT CASE WHEN false THEN 0 ELSE 1 END',
		],
		[
			'DELETE FROM t WHERE id IN (SELECT id FROM t WHERE a < 1 ORDER BY a)',
			forceSqlCondition(false, 'a'),
			'DELETE FROM t WHERE id IN (SELECT id FROM t WHERE false ORDER BY a)',
		],
		['SELECT a, b + g(c, d) AS e FROM t', replaceSqlValue('e', 'b'), 'SELECT a, b AS e FROM t'],
		[
			'UPDATE t SET a = 1, b = g(2, 3) WHERE c',
			replaceSqlValue('b', 'b'),
			'UPDATE t SET a = 1, b = b WHERE c',
		],
	])('changes %s', (sql, operator, changed) => {
		const plain = (text: string) => text.replaceAll(/\s+/g, ' ');
		expect(plain(mutate(inFunction(`q\`${sql}\``), operator))).toBe(plain(inFunction(`q\`${changed}\``)));
	});

	test('changes a statement of a migration', () => {
		const sql = 'CREATE TRIGGER "e" BEFORE UPDATE ON "e";\nCREATE TRIGGER "f" BEFORE UPDATE ON "f";\n';
		const path = 'apps/app/prisma/migrations/1/migration.sql';
		expect(mutate(sql, replaceText('UPDATE', 'DELETE'), { path })).toBe(
			'CREATE TRIGGER "e" BEFORE UPDATE ON "e";\nCREATE TRIGGER "f" BEFORE DELETE ON "f";\n',
		);
	});
});

describe('an operator on Python', () => {
	const python = (body: string) =>
		`def e():\n    return g(1)\n\n\ndef f(\n    a: int,\n) -> int:\n    ${body}\n`;

	test.each<[string, Operator, string]>([
		['if a > 1:', forceCondition(false, 'a'), 'if False:'],
		['return g(a)', replaceReturn('a'), 'return a'],
		['x = g(h(a, (1, 2)), b)', unwrapCall('h'), 'x = g(a, b)'],
		['g(a, b)', dropCall('g'), 'pass'],
	])('changes %s', (body, operator, changed) => {
		expect(mutate(python(body), operator, { path: 'apps/app/src/f.py' })).toBe(python(changed));
	});

	test('changes a constant', () => {
		const path = 'apps/app/src/f.py';
		expect(mutate('f = (\n    1,\n)\ng = 2\n', replaceConstant('(3,)'), { path })).toBe('f = (3,)\ng = 2\n');
	});
});
