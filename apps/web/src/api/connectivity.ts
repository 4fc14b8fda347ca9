import { useSyncExternalStore } from 'react';

const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 20_000;

/**
 * Whether the API is unavailable. A single failed call doesn't prove that, because clients retry. After one, the API's health is polled
 * until it is healthy.
 */
let isApiDown = false;
let isPolling = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
	if (isApiDown === next) return;
	isApiDown = next;
	for (const listener of listeners) listener();
}

async function isHealthy(): Promise<boolean> {
	return await fetch('/v1/health').then(
		({ ok }) => ok,
		() => false,
	);
}

async function pollUntilHealthy(): Promise<void> {
	for (let delayMs = FIRST_DELAY_MS; !(await isHealthy()); delayMs = Math.min(delayMs * 1.5, MAX_DELAY_MS)) {
		// without a network nothing is known about the API
		set(navigator.onLine);
		await new Promise((resolve) => setTimeout(resolve, delayMs));
	}
	set(false);
}

function checkHealth(): void {
	if (isPolling || !navigator.onLine) return;
	isPolling = true;
	void pollUntilHealthy().finally(() => {
		isPolling = false;
	});
}

/** `fetch` that checks the API's health after a response that suggests an outage. */
export async function monitoredFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
	try {
		const response = await fetch(input, init);
		if (response.status === 503 || response.status === 504) checkHealth();
		return response;
	} catch (error) {
		// an aborted request rejects with another error
		if (error instanceof TypeError) checkHealth();
		throw error;
	}
}

export function onOutageChange(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

export const isApiUnavailable = (): boolean => isApiDown;

export function useOutage(): boolean {
	return useSyncExternalStore(onOutageChange, isApiUnavailable);
}

function subscribeToNetwork(listener: () => void): () => void {
	addEventListener('online', listener);
	addEventListener('offline', listener);
	return () => {
		removeEventListener('online', listener);
		removeEventListener('offline', listener);
	};
}

/** Whether this device has a network. True says nothing about the API. */
export function useOnline(): boolean {
	return useSyncExternalStore(subscribeToNetwork, () => navigator.onLine);
}
