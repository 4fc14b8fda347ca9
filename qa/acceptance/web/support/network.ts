import type { Page } from 'playwright-core';

export interface Network {
	/** Lets so many bytes a second out; what comes in is not slowed. */
	slowUploads(bytesPerSecond: number): Promise<void>;
	goOffline(): Promise<void>;
	goOn(): Promise<void>;
}

const networks = new WeakMap<Page, Promise<Network>>();

/** The network of one page, also after it was reloaded; another page of the same person has its own. */
export function networkOf(page: Page): Promise<Network> {
	const known = networks.get(page);
	if (known) return known;
	const made = open(page);
	networks.set(page, made);
	return made;
}

async function open(page: Page): Promise<Network> {
	const session = await page.context().newCDPSession(page);
	await session.send('Network.enable');
	const set = async (offline: boolean, uploadThroughput: number): Promise<void> => {
		const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput };
		await session.send('Network.emulateNetworkConditions', conditions);
	};
	return {
		slowUploads: (bytesPerSecond) => set(false, bytesPerSecond),
		goOffline: () => set(true, -1),
		goOn: () => set(false, -1),
	};
}
