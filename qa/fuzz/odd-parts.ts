import * as fc from 'fast-check';
import { hostileText, PAYLOADS } from './hostile-values.ts';

/** Text for the place of an id in a path, sent without percent-encoding. */
export const oddSegment = fc.constantFrom(...PAYLOADS.segments.flat()).map(($raw) => ({ $raw }));

/** A query parameter, whatever the route accepts. */
export const oddQuery: fc.Arbitrary<[string, unknown]> = fc.tuple(
	fc.constantFrom(...PAYLOADS.queryNames),
	fc.oneof(hostileText, fc.constantFrom({ $raw: '%' }, { $raw: '%00' }, { $raw: '%ff' }, { $raw: '+' })),
);

/** A header, whatever the route accepts. */
export const oddHeader: fc.Arbitrary<[string, unknown]> = fc.constantFrom(
	...Object.entries(PAYLOADS.headers).flatMap(([name, values]) =>
		values.map((value): [string, string] => [name, value]),
	),
);
