import { monotonicFactory } from 'ulid';
import { z } from 'zod';

/** What an id names, told by its prefix. */
export type IdPrefix = 'usr' | 'ses' | 'fil' | 'job' | 'req' | 'evt';

const nextUlid = monotonicFactory();

/** A new id: prefix, underscore, ULID. Ids made by one process sort by the time they were made. */
export function newId<P extends IdPrefix>(prefix: P): `${P}_${string}` {
	return `${prefix}_${nextUlid()}`;
}

/** Accepts exactly what {@link newId} makes; a ULID's first character is at most 7, as 26 characters hold 130 bits. */
export function idSchema(prefix: IdPrefix) {
	return z.string().regex(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`), {
		error: `must be an id that starts with ${prefix}_`,
	});
}
