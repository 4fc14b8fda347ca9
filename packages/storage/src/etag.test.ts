import { describe, expect, test } from '@jest/globals';
import { canonicalEtag } from './etag.ts';

describe('canonicalEtag', () => {
	test('keeps a quoted tag as it is', () => {
		expect(canonicalEtag('"9a0364b9e99bb480dd25e1f0284c8555-3"')).toBe(
			'"9a0364b9e99bb480dd25e1f0284c8555-3"',
		);
	});

	test('quotes a bare tag', () => {
		expect(canonicalEtag('9a0364b9e99bb480dd25e1f0284c8555')).toBe('"9a0364b9e99bb480dd25e1f0284c8555"');
	});
});
