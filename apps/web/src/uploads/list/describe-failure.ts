import { API_ERRORS, JOB_ERRORS } from '@creatorr/client';
import { toSentence } from '../../api/failure-message.ts';
import type { Field } from '../../tool-page/params/fields.ts';
import { withLabels } from '../../tool-page/params/labels.ts';
import type { Problem } from '../upload.ts';

/** What a user can do about a failure, besides removing the upload. */
export type Remedy = 'try-again' | 'give-password' | 'change-options' | 'upload-again' | 'upgrade';

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

/** What this page says and offers beyond the catalog of error codes: it knows that the request was for an upload. */
const TEXTS: Partial<Record<Problem['code'], Partial<FailureText>>> = {
	// error codes of jobs
	input_missing: { text: 'Upload it again to continue.', remedies: ['upload-again'] },
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
	plan_limit: { remedies: ['upgrade', 'try-again'] },
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
		title: 'The job was deleted',
		text: 'It was removed from your history. Try again to start a new one.',
	},
	unknown: {
		title: 'Something went wrong on this page',
		text: 'Try again. If it happens again, reload the page.',
	},
};

/** For codes of this device and codes of a newer API. */
const UNKNOWN = { title: 'Something went wrong', retryable: true };

function failureTextOf(code: Problem['code']): FailureText {
	const catalog: Readonly<Record<string, typeof UNKNOWN>> = { ...API_ERRORS, ...JOB_ERRORS };
	const { title, retryable } = catalog[code] ?? UNKNOWN;
	return { title, remedies: retryable ? TRY_AGAIN : [], ...TEXTS[code] };
}

/** Without the name of a param in the message, other params don't help with an unsupported file. */
const NAMES_PARAM = /\bparams\.\w/;

function canHelp(remedy: Remedy, { code, message }: Problem): boolean {
	return code !== 'unsupported_input' || remedy !== 'change-options' || NAMES_PARAM.test(message);
}

/** Describes a failure and its remedies. */
export function describeFailure(problem: Problem, fields: readonly Field[]): Failure {
	const { title, text, remedies } = failureTextOf(problem.code);
	const mentionsPro = /\bPro\b/.test(problem.message) && !remedies.includes('upgrade');
	const { message } = problem;
	const detail = text ?? (message ? toSentence(withLabels(message, fields)) : '');
	const canGivePassword = passwordField(problem, fields) !== undefined;
	const possible = remedies.filter(
		(remedy) => (remedy !== 'give-password' || canGivePassword) && canHelp(remedy, problem),
	);
	return { title, text: detail, remedies: mentionsPro ? [...possible, 'upgrade'] : possible };
}

/** Returns the param for the file's password: the one that the message names, else `password`. */
export function passwordField({ message }: Problem, fields: readonly Field[]): string | undefined {
	const secrets = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
	const named = /\bparams\.(\w+)/.exec(message)?.[1];
	return secrets.find((name) => name === named) ?? secrets.find((name) => name === 'password');
}
