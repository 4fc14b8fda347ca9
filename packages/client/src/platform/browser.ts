import { ConnectionError } from '../errors.ts';
import type { OpenPath, Put, RandomKey } from './platform.ts';

/** Uses XMLHttpRequest: fetch has no upload progress. */
export const put: Put = async ({ url, headers, source, start, end, signal, onSent, stallMs }) => {
	const body = asBlob(await source.slice(start, end));
	signal.throwIfAborted();
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		const fail = (message: string) => endWith(() => reject(new ConnectionError(message)));
		const onAbort = () => {
			request.abort();
			endWith(() => reject(signal.reason));
		};
		const onStall = () => {
			request.abort();
			fail(`no data for ${stallMs / 1_000} s`);
		};
		let stall = setTimeout(onStall, stallMs);
		const endWith = (settle: () => void) => {
			clearTimeout(stall);
			signal.removeEventListener('abort', onAbort);
			settle();
		};
		signal.addEventListener('abort', onAbort);
		request.upload.onprogress = ({ loaded }) => {
			clearTimeout(stall);
			stall = setTimeout(onStall, stallMs);
			onSent(loaded);
		};
		request.onload = () =>
			endWith(() =>
				resolve({
					status: request.status,
					etag: headerOf(request, 'etag'),
					retryAfter: headerOf(request, 'retry-after'),
				}),
			);
		request.onerror = () => {
			// The browser doesn't say whether the network or the file failed. Reading a byte does.
			body
				.slice(0, 1)
				.arrayBuffer()
				.then(
					() => fail('can’t reach file storage'),
					(error) => endWith(() => reject(error)),
				);
		};
		request.open('PUT', url);
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
		request.send(body);
	});
};

/** Reads all headers: for a single header that the store doesn't expose, browsers log an error. */
function headerOf(request: XMLHttpRequest, name: string): string | undefined {
	return new RegExp(`^${name}: (.*)$`, 'im').exec(request.getAllResponseHeaders())?.[1]?.trim();
}

function asBlob(bytes: Blob | Uint8Array): Blob {
	return bytes instanceof Blob ? bytes : new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

export const openPath: OpenPath = () => {
	throw new TypeError('paths don’t work in a browser: pass a File or a Blob');
};

/** randomUUID exists only in secure contexts. */
export const randomKey: RandomKey = () =>
	Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
		'',
	);
