import { z } from 'zod';

/** Whether every component can store the text: well-formed Unicode without NUL, as PostgreSQL stores neither. */
export function isStorableText(text: string): boolean {
	return text.isWellFormed() && !text.includes('\0');
}

/** Counts characters as people do, not UTF-16 units. */
export function characterCount(text: string): number {
	return [...text].length;
}

/** Truncates text to `max` UTF-16 units with an ellipsis, never within a character. */
export function truncate(text: string, max: number): string {
	if (text.length <= max) return text;
	const kept = text.slice(0, max - 1);
	return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** Text of `min` to `max` characters that every component can store. */
export function textSchema(options: { min: number; max: number }) {
	return z
		.string()
		.refine(isStorableText, { error: 'must be well-formed Unicode without NUL' })
		.refine((text) => characterCount(text) >= options.min && characterCount(text) <= options.max, {
			error: `must have ${options.min} to ${options.max} characters`,
		})
		.meta({ minLength: options.min, maxLength: options.max });
}

/** Maximum length of a presigned URL or a page of Stripe. */
export const MAX_URL_LENGTH = 8_192;

export const timestampSchema = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
