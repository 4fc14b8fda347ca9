import { toSentence } from '../../api/failure-message.ts';
import type { Field } from '../../tool-page/params/fields.ts';
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
		title: 'The file is no longer kept',
		text: 'Upload it once more, and it goes on.',
		remedies: ['upload-again'],
	},
	unsupported_input: { title: 'Unsupported file', remedies: ['change-options'] },
	// the same file stays damaged
	corrupt_input: { title: 'The file is damaged', remedies: [] },
	encrypted_input: {
		title: 'It has a password',
		text: 'Type the password that opens it. It is used for this once and not kept.',
		remedies: ['give-password'],
	},
	wrong_password: {
		title: 'This password doesn’t open it',
		text: 'Look at capitals and keyboard, then type it again.',
		remedies: ['give-password'],
	},
	limit_exceeded: { title: 'It is too much for one go', remedies: ['change-options'] },
	timeout: { title: 'It took too long', remedies: ['change-options'] },
	tool_failed: { title: 'The tool could not do it', remedies: ['try-again', 'change-options'] },
	worker_lost: { title: 'The work was cut off', remedies: TRY_AGAIN },
	internal: { title: 'Something went wrong on our side', remedies: TRY_AGAIN },
	// error codes of API calls
	validation: { title: 'An option is not as the tool needs it', remedies: ['change-options'] },
	unknown_tool: { title: 'This tool is not there any more', remedies: [] },
	plan_limit: { title: 'Your plan does not take this', remedies: ['upgrade', 'try-again'] },
	email_not_verified: { title: 'Verify your email first', remedies: TRY_AGAIN },
	too_large: { title: 'The file is too large', remedies: [] },
	not_found: {
		title: 'The file is no longer kept',
		text: 'Upload it once more, and it goes on.',
		remedies: ['upload-again'],
	},
	// short waits are waited out, so the message says what else helps
	rate_limited: { title: 'Too much at once', remedies: TRY_AGAIN },
	upstream_unavailable: {
		title: 'creatorr doesn’t answer just now',
		text: 'Nothing is lost. Try again in a moment.',
		remedies: TRY_AGAIN,
	},
	unauthorized: { title: 'You are signed out', text: 'Sign in, then try again.', remedies: TRY_AGAIN },
	invalid_credentials: { title: 'You are signed out', text: 'Sign in, then try again.', remedies: TRY_AGAIN },
	method_not_allowed: {
		title: 'This page is out of date',
		text: 'Reload it, then try again.',
		remedies: TRY_AGAIN,
	},
	email_taken: { title: 'Something went wrong', remedies: TRY_AGAIN },
	file_not_uploaded: {
		title: 'The upload is not complete',
		text: 'Try again: it goes on where it was.',
		remedies: TRY_AGAIN,
	},
	job_finished: { title: 'It was over already', remedies: TRY_AGAIN },
	already_subscribed: { title: 'Something went wrong', remedies: TRY_AGAIN },
	no_subscription: { title: 'Something went wrong', remedies: TRY_AGAIN },
	idempotency_conflict: { title: 'Something went wrong', remedies: TRY_AGAIN },
	// codes of this device
	no_connection: {
		title: 'The connection was lost for long',
		text: 'What was uploaded is kept. Try again, and it goes on.',
		remedies: TRY_AGAIN,
	},
	job_deleted: { title: 'It was deleted', text: 'Somebody took it out of the history.', remedies: TRY_AGAIN },
	unknown: {
		title: 'Something went wrong on this page',
		text: 'Try again. If it happens once more, reload the page.',
		remedies: TRY_AGAIN,
	},
};

/** Words of messages that suggest other params. Without them, other params don't help with an unsupported file. */
const SUGGESTS_OPTIONS = /\b(set|choose)\b/i;

function canHelp(remedy: Remedy, { code, message }: Problem): boolean {
	return code !== 'unsupported_input' || remedy !== 'change-options' || SUGGESTS_OPTIONS.test(message);
}

/** Describes a failure and its remedies. */
export function describeFailure(problem: Problem, fields: readonly Field[]): Failure {
	const { title, text, remedies } = TEXTS[problem.code] ?? TEXTS.unknown;
	const mentionsPro = /\bPro\b/.test(problem.message) && !remedies.includes('upgrade');
	const message = problem.message.startsWith(`${title}. `)
		? problem.message.slice(title.length + 2)
		: problem.message;
	const words = text ?? (message ? toSentence(withLabels(message, fields)) : '');
	const canGivePassword = passwordField(problem, fields) !== undefined;
	const possible = remedies.filter(
		(remedy) => (remedy !== 'give-password' || canGivePassword) && canHelp(remedy, problem),
	);
	return { title, text: words, remedies: mentionsPro ? [...possible, 'upgrade'] : possible };
}

/** Replaces the names of params in an API message with their labels. */
function withLabels(message: string, fields: readonly Field[]): string {
	return message.replace(/\bparams\.(\w+)/g, (whole, name: string) => {
		const field = fields.find((one) => one.name === name);
		return field ? `“${field.label}”` : whole;
	});
}

/** Returns the param for the file's password: the one that the message names, else `password`. */
export function passwordField({ message }: Problem, fields: readonly Field[]): string | undefined {
	const secrets = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
	const named = /\bparams\.(\w+)/.exec(message)?.[1];
	return secrets.find((name) => name === named) ?? secrets.find((name) => name === 'password');
}
