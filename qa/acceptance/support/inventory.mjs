/** The cases that every route needs a passing test for, where they apply. */
const CASES = {
	success: () => true,
	'bad input': (_path, operation) => operation.requestBody !== undefined || operation.parameters.length > 0,
	'no token': (_path, operation) => operation.security.length > 0,
	'not yours': (path) => path.includes('{id}'),
};

/**
 * Returns the route and case of each missing test. A test covers a case when it passed, is in a `describe` named after the route
 * (`POST /v1/files`) and its name begins with the case and a colon.
 */
export function missingCases(document, passedTests) {
	const covered = new Set(passedTests.map(({ route, title }) => `${route} ${title.split(':')[0]}`));
	return Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).flatMap(([method, operation]) => {
			const route = `${method.toUpperCase()} ${path}`;
			const needed = Object.entries(CASES).filter(([, applies]) => applies(path, operation));
			return needed.map(([name]) => `${route} ${name}`).filter((key) => !covered.has(key));
		}),
	);
}

/** A Jest reporter that fails a complete run of the suite when a case of a route has no test. */
export default class InventoryReporter {
	#error;
	#isWholeRun;

	constructor({ nonFlagArgs, testNamePattern }) {
		this.#isWholeRun = nonFlagArgs.length === 0 && !testNamePattern;
	}

	async onRunComplete(_contexts, results) {
		if (!this.#isWholeRun) return;
		const answer = await fetch(`${process.env.TEST_BASE_URL}/v1/openapi.json`);
		const passed = results.testResults.flatMap((file) =>
			file.testResults
				.filter((test) => test.status === 'passed')
				.map((test) => ({ route: test.ancestorTitles[0] ?? '', title: test.title })),
		);
		const missing = missingCases(await answer.json(), passed);
		if (missing.length === 0) return;
		process.stderr.write(`no passing acceptance test for:\n  ${missing.join('\n  ')}\n`);
		this.#error = new Error(`${missing.length} cases of the API have no passing acceptance test`);
	}

	getLastError() {
		return this.#error;
	}
}
