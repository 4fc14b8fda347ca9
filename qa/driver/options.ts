import { InvalidArgumentError } from 'commander';

/** Parses the value of an option of the command line. */
export function toWholeNumber(text: string): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('It takes a whole number from 1.');
}
