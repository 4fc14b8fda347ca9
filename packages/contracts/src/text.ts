import { z } from 'zod';

/** True for text that every part can hold: well-formed Unicode without NUL (PostgreSQL stores neither). */
export function isStorableText(text: string): boolean {
	return text.isWellFormed() && !text.includes('\0');
}

/** Characters as people count them, not UTF-16 units. */
export function characterCount(text: string): number {
	return [...text].length;
}

/** Text of at most `max` UTF-16 units; longer text ends in an ellipsis and never within a character. */
export function truncate(text: string, max: number): string {
	if (text.length <= max) return text;
	const kept = text.slice(0, max - 1);
	return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** Text of `min` to `max` characters that every part can hold. */
export function textSchema(options: { min: number; max: number }) {
	return z
		.string()
		.refine(isStorableText, { error: 'must be well-formed Unicode without NUL' })
		.refine((text) => characterCount(text) >= options.min && characterCount(text) <= options.max, {
			error: `must have ${options.min} to ${options.max} characters`,
		})
		.meta({ minLength: options.min, maxLength: options.max });
}

/** A presigned URL, or a page of Stripe. */
export const MAX_URL_LENGTH = 8_192;

export const timestampSchema = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
