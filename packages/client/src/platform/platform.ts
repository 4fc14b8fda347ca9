/** Bytes that are read in slices, each when it is needed, and again when it has to be sent again. */
export interface ByteSource {
	/** In bytes. */
	size: number;
	slice(start: number, end: number): Blob | Uint8Array | Promise<Blob | Uint8Array>;
}

/** A file of the machine, for Node. */
export interface PathSource {
	path: string;
}

/** One PUT of a presigned URL. */
export interface PutRequest {
	url: string;
	headers: Record<string, string>;
	source: ByteSource;
	/** Which bytes of the source, the end not among them. */
	start: number;
	end: number;
	signal: AbortSignal;
	/** Hears how many bytes of this request have left so far. */
	onSent(bytes: number): void;
	/** A connection on which nothing moves for so long counts as broken. */
	stallMs: number;
}

export interface PutAnswer {
	status: number;
	/** As the store sent it; undefined where a browser may not read it. */
	etag: string | undefined;
	retryAfter: string | undefined;
}

/** Resolves to whatever the store answers; rejects with ConnectionError when it doesn't, and with the signal's reason. */
export type Put = (request: PutRequest) => Promise<PutAnswer>;

/** A source that is open; closed when the upload ends, however it does. */
export interface OpenSource extends ByteSource {
	/** The last part of its path. */
	name: string;
	close(): Promise<void>;
}

export type OpenPath = (path: string) => Promise<OpenSource>;

/** A text that nobody guesses and nobody has had before. */
export type RandomKey = () => string;
