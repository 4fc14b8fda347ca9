import { ApiError } from '@creatorr/client';
import { sentence } from '../api/problem.ts';

/** What is wrong with which field, by the field's name. */
export type FieldErrors = Readonly<Record<string, string>>;

const MISSING = 'Please fill this in.';

/** The required fields that are empty. Spaces count as something: they may be a password. */
export function missingFields(form: HTMLFormElement): FieldErrors {
	const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
	const missing = inputs.filter(({ required, value }) => required && value === '');
	return Object.fromEntries(missing.map(({ name }) => [name, MISSING]));
}

/** What the API says of the fields that are shown; the first message of each. */
export function refusedFields(error: unknown, shown: readonly string[]): FieldErrors {
	if (!(error instanceof ApiError)) return {};
	const ofShown = error.details.filter(({ path }) => shown.includes(path)).reverse();
	return Object.fromEntries(ofShown.map(({ path, message }) => [path, sentence(message)]));
}
