import { randomBytes } from 'node:crypto';

/** Returns a unique name of lower-case letters, digits and hyphens, which every server accepts. */
export function uniqueName(): string {
	return `test-${randomBytes(8).toString('hex')}`;
}
