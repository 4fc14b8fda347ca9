/**
 * The store is down, too slow, or sends invalid responses. The request is fine and a retry may help. `cause` is for the log only.
 */
export class StorageUnavailable extends Error {
	override readonly name: string = 'StorageUnavailable';
}

/**
 * The store refuses the credentials. For a client the store is down; an operator has to correct a setting.
 */
export class StorageRefused extends StorageUnavailable {
	override readonly name = 'StorageRefused';
}

/** The bucket is absent and cannot be created, or belongs to another account. The message says what to do. */
export class BucketUnusable extends Error {
	override readonly name = 'BucketUnusable';
}

export type PartProblem = {
	/** Absent when the parts are wrong as a whole. */
	readonly partNumber?: number;
	readonly message: string;
};

/** The parts in a request to complete an upload are not those in the store. The upload stays open. */
export class InvalidParts extends Error {
	override readonly name = 'InvalidParts';
	readonly problems: readonly PartProblem[];

	constructor(problems: readonly PartProblem[], options?: ErrorOptions) {
		super(problems.map((problem) => problem.message).join('; '), options);
		this.problems = problems;
	}
}

/** No such multipart upload: it was completed, aborted, or never created. */
export class UploadNotFound extends Error {
	override readonly name = 'UploadNotFound';
}
