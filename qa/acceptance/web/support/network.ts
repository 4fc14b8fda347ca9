import type { Page } from 'playwright-core';

interface Network {
	/** Limits the bytes per second that are sent; downloads stay fast. */
	slowUploads(bytesPerSecond: number): Promise<void>;
	goOffline(): Promise<void>;
	goOn(): Promise<void>;
}

const networks = new WeakMap<Page, Promise<Network>>();

/** Returns the network of a page, which survives reloads. Other tabs have their own. */
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
