import { isUtf8 } from 'node:buffer';
import { jsonValueLimit } from '@creatorr/contracts/body-limit';
import { validationError } from '@creatorr/contracts/validation';
import express, { type RequestHandler } from 'express';
import { findJsonProblem } from './json-scan.ts';

/** Deeper than any of our schemas. Recursive readers of the body stay within their stack. */
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

/** Refuses a body that is not declared as JSON. */
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

/** Refuses JSON, before it is parsed, that would be expensive to parse or that no database column can store. */
function refuseUnsafeJson(json: Uint8Array, maxValues: number): void {
	if (!isUtf8(json)) refuse('must be UTF-8');
	const problem = findJsonProblem(json, { maxValues, maxDepth: MAX_DEPTH });
	if (problem === 'depth') refuse(`is nested deeper than ${MAX_DEPTH} levels`);
	if (problem === 'values') refuse(`has more than ${maxValues} values`);
	if (problem === 'text') refuse('text and names must be well-formed Unicode without NUL');
}

/** Parses JSON bodies in UTF-8 of up to `maxBytes`. Rejects other bodies with `validation` or `too_large`. */
export function jsonBody(maxBytes: number): RequestHandler[] {
	const parse = express.json({
		limit: maxBytes,
		inflate: false,
		strict: false,
		type: () => true,
		verify: (_req, _res, bytes) => refuseUnsafeJson(bytes, jsonValueLimit(maxBytes)),
	});
	return [requireJson, parse];
}

/** Reads a body of up to `maxBytes` of any type as a Buffer, which is empty without a body. */
export function rawBody(maxBytes: number): RequestHandler[] {
	const parse = express.raw({ limit: maxBytes, inflate: false, type: () => true });
	const orEmpty: RequestHandler = (req, _res, next) => {
		if (!Buffer.isBuffer(req.body)) req.body = Buffer.alloc(0);
		next();
	};
	return [parse, orEmpty];
}
