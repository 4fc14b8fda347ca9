import salts from 'bcrypt';

/** bcrypt ignores what comes after, so that a longer password would match a shorter one. */
const MAX_BYTES = 72;

/** The function itself, wherever it runs. */
export interface Bcrypt {
	hash(password: string, cost: number): Promise<string>;
	compare(password: string, hash: string): Promise<boolean>;
}

/** Hashing and comparing take most of a second of a core: run them in a bounded line. */
export interface Passwords {
	hash(password: string): Promise<string>;
	/** False without a hash, after the time that a comparison takes: nobody can tell an unknown account by it. */
	matches(password: string, hash: string | null): Promise<boolean>;
}

export function createPasswords(cost: number, bcrypt: Bcrypt): Passwords {
	// Well-formed, of no password that anybody knows, and as slow to compare with as every other hash.
	const nobodys = `${salts.genSaltSync(cost)}${'.'.repeat(31)}`;
	return {
		hash: (password) => bcrypt.hash(password, cost),
		async matches(password, hash) {
			const isWhole = Buffer.byteLength(password) <= MAX_BYTES;
			const isEqual = await bcrypt.compare(password, hash ?? nobodys);
			return isEqual && isWhole && hash !== null;
		},
	};
}
