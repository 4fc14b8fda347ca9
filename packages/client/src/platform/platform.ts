/** Bytes that are read in slices when needed, and again for a retry. */
export interface ByteSource {
	/** Size in bytes. */
	size: number;
	slice(start: number, end: number): Blob | Uint8Array | Promise<Blob | Uint8Array>;
}

/** A local file, for Node. */
export interface PathSource {
	path: string;
}

/** One PUT to a presigned URL. */
export interface PutRequest {
	url: string;
	headers: Record<string, string>;
	source: ByteSource;
	/** First byte of the slice; `end` is the byte after its last. */
	start: number;
	end: number;
	signal: AbortSignal;
	/** Receives the number of bytes sent so far. */
	onSent(bytes: number): void;
	/** A connection without progress for this long counts as broken. */
	stallMs: number;
}

export interface PutResponse {
	status: number;
	/** The store's ETag, or undefined where a browser may not read it. */
	etag: string | undefined;
	retryAfter: string | undefined;
}

/** Resolves to the store's response. Rejects with ConnectionError without one, or with the signal's reason. */
export type Put = (request: PutRequest) => Promise<PutResponse>;

/** An open source, closed when the upload ends. */
export interface OpenSource extends ByteSource {
	/** File name without its path. */
	name: string;
	close(): Promise<void>;
}

export type OpenPath = (path: string) => Promise<OpenSource>;

/** Returns an unguessable unique key. */
export type RandomKey = () => string;
