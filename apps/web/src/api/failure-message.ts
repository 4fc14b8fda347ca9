import { ApiError, ConnectionError, type ErrorCode, StoreError } from '@creatorr/client';
import { endSentence } from '../ui/format.ts';
import { toast } from '../ui/toasts.ts';
import { type Contact, knownContact } from './contact.ts';

/** Turns an API message, which starts in lower case and has no full stop, into a sentence. */
export function toSentence(message: string): string {
	return endSentence(message.charAt(0).toUpperCase() + message.slice(1));
}

export function hasCode(error: unknown, code: ErrorCode): error is ApiError {
	return error instanceof ApiError && error.code === code;
}

/**
 * Turns an API message into text for users: quotas start again at midnight UTC, which is shown in local time, and the app calls jobs files. A
 * message about the item that the user has clicked has the path `id`, which the app doesn’t show.
 */
export function toUserText(message: string): string {
	return toSentence(message.replace(/^(params\.)?id: /, ''))
		.replace(/\b00:00 UTC\b/, () =>
			new Date(new Date().setUTCHours(24, 0, 0, 0)).toLocaleTimeString([], { timeStyle: 'short' }),
		)
		.replace(/\b([\d,]+) queued jobs\b/, '$1 files in the queue');
}

/** Whether the message advises to upgrade: the API offers Pro only to users who don't have it, and only where it helps. */
export function advisesUpgrade(message: string): boolean {
	return /\bupgrade to Pro\b/i.test(message);
}

/** Whether the message is for programs: messages about request limits name headers, query params and request bodies. */
function isForPrograms(message: string): boolean {
	return /Retry-After|\?wait=|\brequests?\b|connections/.test(message);
}

/** Describes an error to the user, with what to do about it. */
export function failureMessage(
	error: unknown,
	isOnline = navigator.onLine,
	contact = knownContact(),
): string {
	if (error instanceof ConnectionError) {
		return isOnline
			? 'Can’t reach creatorr. Check your connection, then try again.'
			: 'You’re offline. Try again when you’re back online.';
	}
	if (error instanceof StoreError) {
		return 'File storage is temporarily unavailable. Try again in a moment.';
	}
	if (!(error instanceof ApiError)) return 'Something went wrong on this page. Reload it, then try again.';
	switch (error.code) {
		case 'rate_limited':
			return isForPrograms(error.message)
				? 'Too many attempts. Wait a moment, then try again.'
				: toUserText(error.message);
		case 'upstream_unavailable':
			return 'creatorr is temporarily unavailable. Try again in a moment.';
		case 'internal':
			return internalMessage(error.requestId, contact);
		case 'not_found':
			return 'It was deleted or has expired. Reload the page.';
		case 'unauthorized':
			return 'You’re signed out. Sign in, then try again.';
		default:
			return toUserText(error.message);
	}
}

function internalMessage(requestId: string, contact: Contact | undefined): string {
	const advice = contact
		? `If it happens again, contact ${contact.text} with this ID: ${requestId}`
		: 'Try again later.';
	return `Something went wrong on our side. ${advice}`;
}

/**
 * Shows a toast with what failed and why, which stays if it has an ID to copy. Says nothing when the session has ended: the sign-in
 * dialog says enough.
 */
export function toastFailure(what: string, error: unknown): void {
	if (hasCode(error, 'unauthorized')) return;
	toast({
		text: `${what} ${failureMessage(error)}`,
		offersPro: error instanceof ApiError && advisesUpgrade(error.message),
		stays: hasCode(error, 'internal') && knownContact() !== undefined,
	});
}
