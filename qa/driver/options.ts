import { Command, InvalidArgumentError } from 'commander';

/** Returns a command line that exits with 2 on wrong usage, unlike 1 for what its program finds. */
export function createCommand(name: string): Command {
	return new Command(name).exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** Parses the value of an option of the command line. */
export function toWholeNumber(text: string): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('Must be a whole number of at least 1.');
}

export function toPattern(text: string): RegExp {
	try {
		return new RegExp(text);
	} catch (error) {
		throw new InvalidArgumentError((error as Error).message);
	}
}

export function toSeed(text: string): number {
	if (/^\d{1,9}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('Must be a whole number of at least 0, with at most nine digits.');
}
