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

const TEXTS: Record<Problem['code'], FailureText> = {
	// error codes of jobs
	input_missing: {
		title: 'The file has expired or was deleted',
		text: 'Upload it again to continue.',
		remedies: ['upload-again'],
	},
	unsupported_input: { title: 'Can’t process this file', remedies: ['change-options'] },
	// the same file stays damaged
	corrupt_input: { title: 'Can’t read this file', remedies: [] },
	encrypted_input: {
		title: 'This file is password-protected',
		text: 'Enter its password to continue. It’s used once and not kept.',
		remedies: ['give-password'],
	},
	wrong_password: {
		title: 'Incorrect password',
		text: 'Check Caps Lock and your keyboard layout, then try again.',
		remedies: ['give-password'],
	},
	limit_exceeded: { title: 'This file exceeds a limit', remedies: ['change-options'] },
	timeout: { title: 'The job took too long', remedies: ['change-options'] },
	tool_failed: { title: 'Couldn’t process this file', remedies: ['try-again', 'change-options'] },
	worker_lost: { title: 'The job was interrupted', remedies: TRY_AGAIN },
	internal: { title: 'Something went wrong on our side', remedies: TRY_AGAIN },
	// error codes of API calls
	validation: { title: 'An option is invalid', remedies: ['change-options'] },
	unknown_tool: { title: 'This tool is no longer available', remedies: [] },
	plan_limit: { title: 'Plan limit reached', remedies: ['upgrade', 'try-again'] },
	email_not_verified: { title: 'Verify your email first', remedies: TRY_AGAIN },
	too_large: { title: 'The file is too large', remedies: [] },
	not_found: {
		title: 'The file has expired or was deleted',
		text: 'Upload it again to continue.',
		remedies: ['upload-again'],
	},
	// short waits are retried, so the message says what else helps
	rate_limited: { title: 'Too many requests', remedies: TRY_AGAIN },
	upstream_unavailable: {
		title: 'creatorr is temporarily unavailable',
		text: 'Nothing is lost. Try again in a moment.',
		remedies: TRY_AGAIN,
	},
	unauthorized: { title: 'You’re signed out', text: 'Sign in, then try again.', remedies: TRY_AGAIN },
	invalid_credentials: { title: 'You’re signed out', text: 'Sign in, then try again.', remedies: TRY_AGAIN },
	method_not_allowed: {
		title: 'This page is out of date',
		text: 'Reload it, then try again.',
		remedies: TRY_AGAIN,
	},
	email_taken: { title: 'Something went wrong', remedies: TRY_AGAIN },
	file_not_uploaded: {
		title: 'The upload isn’t complete',
		text: 'Try again to resume it.',
		remedies: TRY_AGAIN,
	},
	job_finished: { title: 'The job has already ended', remedies: TRY_AGAIN },
	already_subscribed: { title: 'Something went wrong', remedies: TRY_AGAIN },
	no_subscription: { title: 'Something went wrong', remedies: TRY_AGAIN },
	idempotency_conflict: { title: 'Something went wrong', remedies: TRY_AGAIN },
	// codes of this device
	no_connection: {
		title: 'Connection lost',
		text: 'The uploaded part is saved. Try again to resume.',
		remedies: TRY_AGAIN,
	},
	job_deleted: {
		title: 'The job was deleted',
		text: 'It was removed from your history. Try again to start a new one.',
		remedies: TRY_AGAIN,
	},
	unknown: {
		title: 'Something went wrong on this page',
		text: 'Try again. If it happens again, reload the page.',
		remedies: TRY_AGAIN,
	},
};

/** Without the name of a param in the message, other params don't help with an unsupported file. */
const NAMES_PARAM = /\bparams\.\w/;

function canHelp(remedy: Remedy, { code, message }: Problem): boolean {
	return code !== 'unsupported_input' || remedy !== 'change-options' || NAMES_PARAM.test(message);
}

/** Describes a failure and its remedies. */
export function describeFailure(problem: Problem, fields: readonly Field[]): Failure {
	const { title, text, remedies } = TEXTS[problem.code] ?? TEXTS.unknown;
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
