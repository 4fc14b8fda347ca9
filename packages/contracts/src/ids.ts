import { decodeTime, monotonicFactory } from 'ulid';
import { z } from 'zod';

/** What an id names, told by its prefix. */
export type IdPrefix = 'usr' | 'ses' | 'fil' | 'job' | 'req' | 'evt';

/** Filled many bytes at a time: drawn one by one they cost more than the rest of a request id, and the gateway makes many. */
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

/** A new id: prefix, underscore, ULID. Ids made by one process sort by the time they were made. */
export function newId<P extends IdPrefix>(prefix: P): `${P}_${string}` {
	return `${prefix}_${nextUlid()}`;
}

/** When an id was made, by the clock of the process that made it. Throws for what is no id. */
export function timeOfId(id: string): Date {
	return new Date(decodeTime(id.slice(id.indexOf('_') + 1)));
}

/** Accepts exactly what {@link newId} makes; a ULID's first character is at most 7, as 26 characters hold 130 bits. */
export function idSchema(prefix: IdPrefix) {
	return z.string().regex(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`), {
		error: `must be an id that starts with ${prefix}_`,
	});
}
