import type { Browser, BrowserContextOptions, BrowserType } from 'playwright-core';
import { BASE_URL, type Person } from '../../../driver/client.ts';
import { storedSession } from './session.ts';

/** The same engine without the windows of a browser: a page takes two thirds of the CPU time. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/** Jest's environment has loaded Playwright. */
const { playwrightChromium } = globalThis as { playwrightChromium?: BrowserType };
const chromium = playwrightChromium ?? (await import('playwright-core')).chromium;

export const DEVICES = {
	desktop: { viewport: { width: 1280, height: 800 } },
	phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const;

export type Device = keyof typeof DEVICES;
export type Theme = 'light' | 'dark';

/** A visitor with device and preferences. */
export interface Visitor {
	/** Desktop by default. */
	device?: Device;
	/** The system's preference; light by default. */
	theme?: Theme;
	/** The signed-in user; nobody by default. */
	as?: Person;
	/** True by default: animations take CPU time while a test waits. */
	reducedMotion?: boolean;
}

/** Launches Debian's headless Chromium. It ends with the process that started it. */
export function launchChromium(): Promise<Browser> {
	return chromium.launch({
		executablePath: CHROMIUM,
		// chromium refuses to run as root with a sandbox, and in containers tests run as root
		chromiumSandbox: process.getuid?.() !== 0,
	});
}

/** Options of a new browser context with only a session in its storage. */
export async function profileFor({
	device = 'desktop',
	theme = 'light',
	as,
	reducedMotion = true,
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
