import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { BASE_URL, type Person } from '../../../driver/client.ts';
import { storedSession } from './session.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const DEVICES = {
	desktop: { viewport: { width: 1280, height: 800 } },
	phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const;

export type Device = keyof typeof DEVICES;
export type Theme = 'light' | 'dark';

/** Who looks at the page, and with what. */
export interface Visitor {
	/** A desktop by default. */
	device?: Device;
	/** What the system prefers; light by default. */
	theme?: Theme;
	/** Signed in as this person; nobody by default. */
	as?: Person;
	reducedMotion?: boolean;
}

/** Debian's chromium, without windows. It ends with the process that started it. */
export function launchChromium(): Promise<Browser> {
	return chromium.launch({
		executablePath: CHROMIUM,
		// chromium refuses to be root with a sandbox, and the tests run as root in containers
		chromiumSandbox: process.getuid?.() !== 0,
	});
}

/** A browser profile that has never been here, but for who is signed in. */
export async function profileFor({
	device = 'desktop',
	theme = 'light',
	as,
	reducedMotion,
}: Visitor): Promise<BrowserContextOptions> {
	return {
		...DEVICES[device],
		baseURL: BASE_URL,
		colorScheme: theme,
		reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
		locale: 'en-GB',
		timezoneId: 'UTC',
		...(as && { storageState: await storedSession(as) }),
	};
}
