/**
 * The store is down, too slow, or sends invalid responses. The request is valid and a retry may help. `cause` is only for the log.
 */
export class StorageUnavailableError extends Error {
	override readonly name: string = 'StorageUnavailableError';
}

/**
 * The store refuses the credentials. For a client the store is down; an operator has to correct a setting.
 */
export class StorageAccessDeniedError extends StorageUnavailableError {
	override readonly name = 'StorageAccessDeniedError';
}

/** The store did not delete some of the objects. The others are deleted. */
export class ObjectsNotDeletedError extends StorageUnavailableError {
	override readonly name = 'ObjectsNotDeletedError';
	readonly keys: ReadonlySet<string>;

	constructor(keys: readonly string[], options?: ErrorOptions) {
		super(`The store did not delete objects: ${keys.length}`, options);
		this.keys = new Set(keys);
	}
}

/** The bucket is missing and can't be created, or belongs to another account. The message says what to do. */
export class UnusableBucketError extends Error {
	override readonly name = 'UnusableBucketError';
}

export type PartProblem = {
	/** Absent if the list as a whole is wrong. */
	readonly partNumber?: number;
	readonly message: string;
};

/** The parts in a request to complete an upload are not those in the store. The upload stays open. */
export class InvalidPartsError extends Error {
	override readonly name = 'InvalidPartsError';
	readonly problems: readonly PartProblem[];

	constructor(problems: readonly PartProblem[], options?: ErrorOptions) {
		super(problems.map((problem) => problem.message).join('; '), options);
		this.problems = problems;
	}
}

/** The multipart upload doesn't exist: it was completed, aborted, or never created. */
export class UploadNotFoundError extends Error {
	override readonly name = 'UploadNotFoundError';
}
