/**
 * The store is down, too slow, or answers nonsense: nothing is wrong with the request, and trying again later
 * may help. `cause` is what happened, for the log only.
 */
export class StorageUnavailable extends Error {
	override readonly name: string = 'StorageUnavailable';
}

/**
 * The store answers, and refuses our credentials. To a client this is as good as down; to whoever starts the
 * process it is a setting to correct.
 */
export class StorageRefused extends StorageUnavailable {
	override readonly name = 'StorageRefused';
}

/** The bucket is absent and cannot be created, or is not ours. The message says what to do about it. */
export class BucketUnusable extends Error {
	override readonly name = 'BucketUnusable';
}

export type PartProblem = {
	/** Absent when the parts are wrong as a whole. */
	readonly partNumber?: number;
	readonly message: string;
};

/** The parts given for completing an upload are not those in the store. The upload stays as it was. */
export class InvalidParts extends Error {
	override readonly name = 'InvalidParts';
	readonly problems: readonly PartProblem[];

	constructor(problems: readonly PartProblem[], options?: ErrorOptions) {
		super(problems.map((problem) => problem.message).join('; '), options);
		this.problems = problems;
	}
}

/** No such multipart upload: it was completed, aborted, or never begun. */
export class UploadNotFound extends Error {
	override readonly name = 'UploadNotFound';
}
