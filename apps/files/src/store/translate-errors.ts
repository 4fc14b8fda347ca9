import { unavailable } from '@creatorr/contracts/errors';
import { StorageUnavailable } from '@creatorr/storage/errors';

/** Waits for the store; when it is away or refuses our credentials, that is `upstream_unavailable` to whoever asked. */
export async function fromStore<R>(answer: Promise<R>): Promise<R> {
	try {
		return await answer;
	} catch (error) {
		throw error instanceof StorageUnavailable ? unavailable('the file store', error) : error;
	}
}
