import { isStoreError } from './call-store.ts';
import { UploadNotFound } from './errors.ts';

/** Whether the store says that a multipart upload is over. S3 says NoSuchUpload; Ceph says NoSuchKey. */
export function isUnknownUpload(error: unknown): boolean {
	return isStoreError(error, 'NoSuchUpload', 'NoSuchKey');
}

export function uploadNotFound(cause: unknown): UploadNotFound {
	return new UploadNotFound('The store knows no such upload', { cause });
}
