import { decodeTime, encodeTime, monotonicFactory } from 'ulid';
import { z } from 'zod';

/** The type of an id, as its prefix says. */
export type IdPrefix = 'usr' | 'ses' | 'fil' | 'job' | 'req' | 'evt' | 'key' | 'whk' | 'dlv';

/** Filled in bulk: random bytes drawn one by one cost more than the rest of a request id, and the gateway makes many. */
const randomBytes = new Uint8Array(4096);
let drawn = randomBytes.length;

function random(): number {
	if (drawn === randomBytes.length) {
		crypto.getRandomValues(randomBytes);
		drawn = 0;
	}
	const byte = randomBytes[drawn] ?? 0;
	drawn += 1;
	return byte / 256;
}

const nextUlid = monotonicFactory(random);

/** Returns a new id: prefix, underscore, ULID. Ids of one process sort by time. */
export function newId<P extends IdPrefix>(prefix: P): `${P}_${string}` {
	return `${prefix}_${nextUlid()}`;
}

/** Digits of the time in a ULID; 16 random ones follow. */
const TIME_DIGITS = 10;

/** Returns the lowest id that {@link newId} can return at this time. */
export function lowestIdAt<P extends IdPrefix>(prefix: P, time: Date): `${P}_${string}` {
	return `${prefix}_${encodeTime(time.getTime(), TIME_DIGITS)}${'0'.repeat(16)}`;
}

/** Returns when an id was made, by the clock of that process. Throws if the text is no id. */
export function timeOfId(id: string): Date {
	return new Date(decodeTime(id.slice(id.indexOf('_') + 1)));
}

/** Accepts exactly the ids of {@link newId}. A ULID's first character is at most 7, as 26 characters hold 130 bits. */
export function idSchema(prefix: IdPrefix) {
	return z.string().regex(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`), {
		error: `must be an id that starts with ${prefix}_`,
	});
}
