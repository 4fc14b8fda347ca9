import type { Page, Request } from 'playwright-core';

interface SentParts {
	/** Numbers of the parts that a page started to send, with repetitions. */
	begun: number[];
	/** Parts that the store has accepted. */
	taken: Set<number>;
}

/** Records which parts a page sends to the store from now on. */
export function watchParts(page: Page): SentParts {
	const parts: SentParts = { begun: [], taken: new Set() };
	page.on('request', (request) => {
		const part = partOf(request);
		if (part !== undefined) parts.begun.push(part);
	});
	page.on('response', (response) => {
		const part = partOf(response.request());
		if (part !== undefined && response.ok()) parts.taken.add(part);
	});
	return parts;
}

function partOf(request: Request): number | undefined {
	const part = new URL(request.url()).searchParams.get('partNumber');
	return request.method() === 'PUT' && part !== null ? Number(part) : undefined;
}
