import { useSyncExternalStore } from 'react';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Whether the API is away. One answer says little, as each call is tried again by itself: after one that says so the
 * API's own health is asked, until it is well.
 */
let isAway = false;
let isAsking = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
	if (isAway === next) return;
	isAway = next;
	for (const listener of listeners) listener();
}

async function isWell(): Promise<boolean> {
	return await fetch('/v1/health').then(
		({ ok }) => ok,
		() => false,
	);
}

async function askUntilWell(): Promise<void> {
	for (let pause = FIRST_PAUSE_MS; !(await isWell()); pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
		// without a network it is not the API that is away
		set(navigator.onLine);
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
	set(false);
}

function suspect(): void {
	if (isAsking || !navigator.onLine) return;
	isAsking = true;
	void askUntilWell().finally(() => {
		isAsking = false;
	});
}

/** fetch, which notices by its answers that the API may be away. */
export async function watchedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
	try {
		const response = await fetch(input, init);
		if (response.status === 503 || response.status === 504) suspect();
		return response;
	} catch (error) {
		// what was aborted rejects with something else
		if (error instanceof TypeError) suspect();
		throw error;
	}
}

export function onOutageChange(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

export const apiIsAway = (): boolean => isAway;

export function useOutage(): boolean {
	return useSyncExternalStore(onOutageChange, apiIsAway);
}
