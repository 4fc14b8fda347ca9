import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The digits of base62, in the order of ASCII. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^30 is 178 random bits. */
const SECRET_LENGTH = 30;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
/** Characters after the prefix that identify a key to its owner. */
const START_LENGTH = 4;
/** Bytes from here on are rejected (rejection sampling), which avoids modulo bias. */
const UNBIASED_BYTES = 256 - (256 % DIGITS.length);
const BODY = /^[0-9A-Za-z]+$/;

/** Names the environment that the key is for: scanners of leaked secrets search for it. */
export const DEFAULT_API_KEY_PREFIX = 'ctr_live_';

function randomDigits(count: number): string {
	let digits = '';
	while (digits.length < count) {
		for (const byte of randomBytes(count)) {
			if (byte < UNBIASED_BYTES && digits.length < count) digits += DIGITS[byte % DIGITS.length];
		}
	}
	return digits;
}

/** Returns the CRC-32 of the text in base62. */
function checksumOf(text: string): string {
	let value = crc32(text);
	let digits = '';
	for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
		digits = DIGITS[value % DIGITS.length] + digits;
		value = Math.floor(value / DIGITS.length);
	}
	return digits;
}

/** Returns a new API key: the prefix, 30 random characters, and the CRC-32 of all before it, in 6 characters. */
export function newApiKey(prefix: string): string {
	const text = prefix + randomDigits(SECRET_LENGTH);
	return text + checksumOf(text);
}

/** Whether the text is an API key by its format and checksum. Needs no lookup, so it says nothing about whether the key exists. */
export function isApiKey(prefix: string, text: string): boolean {
	const checksumAt = prefix.length + SECRET_LENGTH;
	return (
		text.length === checksumAt + CHECKSUM_LENGTH &&
		text.startsWith(prefix) &&
		BODY.test(text.slice(prefix.length)) &&
		checksumOf(text.slice(0, checksumAt)) === text.slice(checksumAt)
	);
}

/** Returns the parts of a key that are stored and shown, so that its owner recognizes it. */
export function describeApiKey(prefix: string, key: string): { start: string; last4: string } {
	return { start: key.slice(0, prefix.length + START_LENGTH), last4: key.slice(-4) };
}
