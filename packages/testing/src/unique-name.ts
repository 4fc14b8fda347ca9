import { randomBytes } from 'node:crypto';

/** A name that no other test uses; lower-case letters, digits and hyphens, so that any server accepts it. */
export function uniqueName(): string {
	return `test-${randomBytes(8).toString('hex')}`;
}
