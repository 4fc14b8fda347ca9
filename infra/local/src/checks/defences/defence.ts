/** Something that stands between a document's owner and everybody else, with the test that misses it when it is gone. */
export interface Defence {
	/** What it does, as one would say it of the product: `refuses …`, `keeps …`. */
	name: string;
	/** Relative to the repository. */
	file: string;
	/** The code that makes it, which occurs once in the file, and what is left when it is taken out. */
	code: string;
	without: string;
	/** The test file, relative to the repository, that fails then; `test` is part of the test's name. */
	suite: string;
	test: string;
}
