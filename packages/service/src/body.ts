import { isUtf8 } from 'node:buffer';
import { isStorableText } from '@creatorr/contracts/text';
import { validationError } from '@creatorr/contracts/validation';
import express, { type RequestHandler } from 'express';

/** The largest JSON body. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Deeper than any schema of ours; keeps recursive readers of the body within their stack. */
const MAX_DEPTH = 32;

function refuse(message: string): never {
	throw validationError([{ path: 'body', message }]);
}

function hasBody(headers: {
	'content-length'?: string | undefined;
	'transfer-encoding'?: string | undefined;
}): boolean {
	return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A body that is not declared as JSON is refused rather than guessed at. */
const requireJson: RequestHandler = (req, _res, next) => {
	const [type, ...parameters] = (req.headers['content-type'] ?? '')
		.toLowerCase()
		.split(';')
		.map((part) => part.trim());
	if (!hasBody(req.headers)) return next();
	if (type !== 'application/json') refuse('Content-Type must be application/json');
	const charset = parameters.find((parameter) => parameter.startsWith('charset='));
	if (charset && !/^charset="?utf-?8"?$/.test(charset)) refuse('must be UTF-8');
	next();
};

/** Text that no database column can hold, and nesting without end, are refused wherever they stand. */
const requireStorable: RequestHandler = (req, _res, next) => {
	const left: { value: unknown; depth: number }[] = [{ value: req.body, depth: 0 }];
	for (let at = left.pop(); at; at = left.pop()) {
		const { value, depth } = at;
		if (typeof value === 'string' && !isStorableText(value))
			refuse('text must be well-formed Unicode without NUL');
		if (typeof value !== 'object' || value === null) continue;
		if (depth >= MAX_DEPTH) refuse(`is nested deeper than ${MAX_DEPTH} levels`);
		for (const [key, item] of Object.entries(value)) {
			if (!isStorableText(key)) refuse('names must be well-formed Unicode without NUL');
			left.push({ value: item, depth: depth + 1 });
		}
	}
	next();
};

/** Parses JSON bodies of up to 1 MiB in UTF-8; everything else is an error of the contract. */
export function jsonBody(): RequestHandler[] {
	const parse = express.json({
		limit: MAX_BODY_BYTES,
		inflate: false,
		strict: false,
		type: () => true,
		verify: (_req, _res, bytes) => {
			if (!isUtf8(bytes)) refuse('must be UTF-8');
		},
	});
	return [requireJson, parse, requireStorable];
}

/** The bytes of a body of up to 1 MiB, whatever it says that it is; a Buffer, empty where there is none. */
export function rawBody(): RequestHandler[] {
	const parse = express.raw({ limit: MAX_BODY_BYTES, inflate: false, type: () => true });
	const orEmpty: RequestHandler = (req, _res, next) => {
		if (!Buffer.isBuffer(req.body)) req.body = Buffer.alloc(0);
		next();
	};
	return [parse, orEmpty];
}
