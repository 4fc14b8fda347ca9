import type { Operator } from './operators.ts';

/** One change of the code: an operator applied to a function, a constant or a method of a package, in whichever file that is. */
export interface Mutation {
	/** The directory of the package below apps/ or packages/. */
	packageName: string;
	/** The name of the declaration, or `outer.inner` where the name alone is ambiguous. */
	symbol: string;
	operator: Operator;
}

/** The code without one of its protections, and the test that fails then. */
export interface Mutant {
	/** What the product does thanks to the protection: `refuses …`, `limits …`. */
	name: string;
	/** Changes that remove the protection, with all of its layers. */
	mutations: readonly Mutation[];
	/** A part of the title of the test, as its file has it. */
	test: string;
	/** A part of the title of a describe block or another test of the same file, where several files have such a test. */
	siblingTitle?: string;
	/** Whether `npm test` tries the mutant: its test is quick and needs no services. */
	isQuick?: true;
}

/** Names changes of one package: `inPackage('jobs')('admitJob', dropCall('refuseExhaustedCompute'))`. */
export function inPackage(packageName: string) {
	return (symbol: string, operator: Operator): Mutation => ({ packageName, symbol, operator });
}
