import { useSyncExternalStore } from 'react';

export const LANGUAGES = { curl: 'curl', javascript: 'JavaScript', cli: 'CLI' } as const;
export type Language = keyof typeof LANGUAGES;

/** An example by language. */
export type Examples = Partial<Record<Language, string>>;

const KEY = 'creatorr.docs-language';

function read(): Language {
	try {
		const stored = localStorage.getItem(KEY);
		return stored !== null && stored in LANGUAGES ? (stored as Language) : 'curl';
	} catch {
		return 'curl';
	}
}

let language = read();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Switches all examples, also for the next visit. */
export function chooseLanguage(next: Language): void {
	language = next;
	try {
		localStorage.setItem(KEY, next);
	} catch {
		// without storage the value lives as long as the page
	}
	for (const listener of listeners) listener();
}

export function useLanguage(): Language {
	return useSyncExternalStore(subscribe, () => language);
}
