import { API_ERRORS, JOB_ERRORS } from '@creatorr/client';
import { advisesUpgrade, toUserText } from '../../api/failure-message.ts';
import type { Field } from '../../params/fields.ts';
import { withLabels } from '../../params/labels.ts';
import { firstSentence } from '../../ui/format.ts';
import type { Problem } from '../upload.ts';

/** What a user can do about a failure, besides removing the upload. */
export type Remedy =
	| 'try-again'
	| 'give-password'
	| 'change-options'
	| 'upload-again'
	| 'delete-files'
	| 'upgrade';

interface Failure {
	title: string;
	text: string;
	remedies: readonly Remedy[];
}

interface FailureText {
	title: string;
	/** Replaces the API's message. */
	text?: string;
	remedies: readonly Remedy[];
}

const TRY_AGAIN: readonly Remedy[] = ['try-again'];
const SIGNED_OUT = { title: 'You’re signed out', text: 'Sign in, then try again.', remedies: TRY_AGAIN };

/** Texts and remedies for uploads, which replace those of the catalog of error codes. */
const TEXTS: Partial<Record<Problem['code'], Partial<FailureText>>> = {
	// error codes of jobs
	input_missing: { text: 'Upload it again.', remedies: ['upload-again'] },
	unsupported_input: { remedies: ['change-options'] },
	encrypted_input: {
		text: 'Enter its password to continue. It’s used once and not kept.',
		remedies: ['give-password'],
	},
	wrong_password: {
		text: 'Check Caps Lock and your keyboard layout, then try again.',
		remedies: ['give-password'],
	},
	limit_exceeded: { remedies: ['change-options'] },
	timeout: { remedies: ['change-options'] },
	tool_failed: { remedies: ['change-options'] },
	// error codes of API calls
	validation: { title: 'An option is invalid', remedies: ['change-options'] },
	unknown_tool: { title: 'This tool is no longer available' },
	plan_limit: { remedies: TRY_AGAIN },
	email_not_verified: { title: 'Verify your email first', remedies: TRY_AGAIN },
	too_large: { title: 'The file is too large' },
	not_found: {
		title: 'The file has expired or was deleted',
		text: 'Upload it again to continue.',
		remedies: ['upload-again'],
	},
	upstream_unavailable: {
		title: 'creatorr is temporarily unavailable',
		text: 'Nothing is lost. Try again in a moment.',
	},
	unauthorized: SIGNED_OUT,
	invalid_credentials: SIGNED_OUT,
	method_not_allowed: {
		title: 'This page is out of date',
		text: 'Reload it, then try again.',
		remedies: TRY_AGAIN,
	},
	file_not_uploaded: {
		title: 'The upload isn’t complete',
		text: 'Try again to resume it.',
		remedies: TRY_AGAIN,
	},
	// codes of this device
	no_connection: {
		title: 'Connection lost',
		text: 'The uploaded part is saved. Try again to resume.',
	},
	job_deleted: {
		title: 'Removed from your history',
		text: 'Choose “Try again” to process the file once more.',
	},
	unknown: {
		title: 'Something went wrong on this page',
		text: 'Try again. If it happens again, reload the page.',
	},
};

/** For codes of this device and codes of a newer API. */
const UNKNOWN = { title: 'Something went wrong', retryable: true };

const TOO_MANY_UPLOADS: FailureText = { title: 'Too many unfinished uploads', remedies: TRY_AGAIN };

function failureTextOf({ code, message }: Problem): FailureText {
	// the API limits requests with the same code
	if (code === 'rate_limited' && message.includes('unfinished uploads')) return TOO_MANY_UPLOADS;
	const catalog: Readonly<Record<string, typeof UNKNOWN>> = { ...API_ERRORS, ...JOB_ERRORS };
	const { title, retryable } = catalog[code] ?? UNKNOWN;
	return { title, remedies: retryable ? TRY_AGAIN : [], ...TEXTS[code] };
}

const NAMES_PARAM = /\bparams\.\w/;

function canHelp(remedy: Remedy, problem: Problem, fields: readonly Field[]): boolean {
	switch (remedy) {
		case 'give-password':
			return passwordField(problem, fields) !== undefined;
		case 'change-options':
			return problem.code === 'validation' || NAMES_PARAM.test(problem.message);
		default:
			return true;
	}
}

/** Returns what the message itself advises. */
function advised({ message }: Problem): Remedy[] {
	return [
		...(/\bdelete some\b/i.test(message) ? ['delete-files' as const] : []),
		...(advisesUpgrade(message) ? ['upgrade' as const] : []),
	];
}

/** Describes a failure and its remedies. */
export function describeFailure(problem: Problem, fields: readonly Field[]): Failure {
	const { title, text, remedies: all } = failureTextOf(problem);
	const possible = all.filter((remedy) => canHelp(remedy, problem, fields));
	const remedies = [...advised(problem), ...possible];
	// without a password to give, the message says what helps instead
	if (text !== undefined && (!all.includes('give-password') || possible.length > 0)) {
		return { title, text, remedies };
	}
	if (problem.message === '') return { title, text: '', remedies };
	const message = toUserText(withLabels(problem.message, fields));
	return { ...(problem.code in JOB_ERRORS ? splitMessage(message) : { title, text: message }), remedies };
}

/** Returns how to split a PDF, if the text advises that and the file is one; else an empty text. */
export function splitInstructions(text: string, mimeType: string | undefined): string {
	if (mimeType !== 'application/pdf' || !/\bsplit\b/i.test(text)) return '';
	return 'To split a PDF, open it, choose Print, enter some of its pages, and choose “Save as PDF”.';
}

/** Returns the names of the params that the message of a failure advises to change. */
export function paramsToChange(problem: Problem, fields: readonly Field[]): string[] {
	if (!describeFailure(problem, fields).remedies.includes('change-options')) return [];
	return [...problem.message.matchAll(/\bparams\.(\w+)/g)].map(([, name = '']) => name);
}

/** Messages of jobs stand alone: their first sentence says what happened. A title before it would say it twice. */
function splitMessage(message: string): { title: string; text: string } {
	const title = firstSentence(message);
	return { title: title.replace(/\.$/, ''), text: message.slice(title.length).trim() };
}

/**
 * Returns the param for the file's password: the one that the message names, else `password` after a wrong one. Undefined if no password
 * helps.
 */
export function passwordField(
	{ code, message }: Pick<Problem, 'code' | 'message'>,
	fields: readonly Field[],
): string | undefined {
	if (code !== 'encrypted_input' && code !== 'wrong_password') return undefined;
	const secrets = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
	const named = /\bparams\.(\w+)/.exec(message)?.[1] ?? (code === 'wrong_password' ? 'password' : undefined);
	return secrets.find((name) => name === named);
}
