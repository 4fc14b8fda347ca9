import type { AppError } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';

/** The target of a request, with both parts unchanged. */
export interface Target {
	path: string;
	/** Without the question mark; empty if there is none. */
	query: string;
}

/** Longer than any path of the API or the web app. Checking a longer one takes up to 0.5 ms. */
const MAX_PATH_LENGTH = 1_024;
/** The longest query of the API, with a percent-encoded `idempotency_key` of 255 characters among its filters, has 1,100 characters. */
const MAX_QUERY_LENGTH = 2_048;
const PLAIN_PATH = /^(?:\/[\w-]+)+\/?$/;
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;
const DOT_SEGMENT = /^\.{1,2}(?:;.*)?$/;
/** Matches a separator, control character or further encoding in a decoded segment. */
const HIDDEN_IN_SEGMENT = /[/\\%\p{Cc}]/u;

function refuse(message: string): AppError {
	return validationError([{ path: 'path', message }]);
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw refuse('is not valid percent-encoding');
	}
}

function checkPath(path: string): void {
	if (path.includes('\\')) throw refuse('must not contain backslashes');
	if (path.includes('//')) throw refuse('must not contain empty segments');
	for (const segment of path.split('/')) {
		const decoded = decode(segment);
		if (HIDDEN_IN_SEGMENT.test(decoded))
			throw refuse('must not contain encoded separators or control characters');
		if (DOT_SEGMENT.test(decoded)) throw refuse('must not contain dot segments');
	}
}

/**
 * Splits a request target. Refuses every form that gateway and service could parse differently: absolute and authority form, `*`,
 * fragments, dot segments, empty segments, and separators or controls in any encoding. Throws `validation`.
 */
export function readTarget(target: string): Target {
	if (!target.startsWith('/')) throw refuse('must start with a slash');
	const mark = target.indexOf('?');
	const path = mark < 0 ? target : target.slice(0, mark);
	const query = mark < 0 ? '' : target.slice(mark + 1);
	if (path.length > MAX_PATH_LENGTH) throw refuse(`must be at most ${MAX_PATH_LENGTH} characters`);
	if (query.length > MAX_QUERY_LENGTH) {
		throw validationError([{ path: 'query', message: `must be at most ${MAX_QUERY_LENGTH} characters` }]);
	}
	if (!VISIBLE_ASCII.test(target) || target.includes('#')) {
		throw refuse('must be percent-encoded, without a fragment');
	}
	if (!PLAIN_PATH.test(path)) checkPath(path);
	return { path, query };
}
