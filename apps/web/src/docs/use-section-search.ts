import { type RefObject, useLayoutEffect, useState } from 'react';

/** Nested sections are searched separately, and examples repeat the text. */
const EXCLUDED_FROM_SEARCH = 'section, figure';

/**
 * Hides the sections within `root` whose text lacks a word of the query. Searches what the page shows: guide, errors and
 * params as well as operations.
 *
 * @param content the search is repeated when it changes
 * @returns the ids of the sections that match, in the order of the page; undefined without a query
 */
export function useSectionSearch(
	root: RefObject<HTMLElement | null>,
	query: string,
	content: unknown,
): ReadonlySet<string> | undefined {
	const [found, setFound] = useState<ReadonlySet<string>>();
	useLayoutEffect(() => {
		const sections = [...(root.current?.querySelectorAll('section') ?? [])];
		const isMatch = (section: HTMLElement) => section.id !== '' && matchesQuery(textOf(section), query);
		const matching = new Set(query === '' ? sections : sections.filter(isMatch));
		for (const section of sections) {
			section.hidden =
				!matching.has(section) && !sections.some((one) => matching.has(one) && section.contains(one));
		}
		setFound(query === '' ? undefined : new Set([...matching].map(({ id }) => id)));
	}, [root, query, content]);
	return found;
}

function textOf(element: Element): string {
	const parts = [...element.childNodes].map((node) => {
		if (!(node instanceof Element)) return node.textContent ?? '';
		return node.matches(EXCLUDED_FROM_SEARCH) ? '' : textOf(node);
	});
	return parts.join('');
}

/** Whether a text contains all words of the query. */
export function matchesQuery(text: string, query: string): boolean {
	const lowerCase = text.toLowerCase();
	return query
		.toLowerCase()
		.split(/\s+/)
		.every((word) => lowerCase.includes(word));
}
