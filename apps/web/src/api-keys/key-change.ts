import { ApiError, type ApiKey, type ApiKeyChange } from '@creatorr/client';
import { toSentence } from '../api/failure-message.ts';

type Values = Readonly<Record<string, string>>;

/** Returns the notes of a key as lines. */
export function notesOf({ metadata }: Pick<ApiKey, 'metadata'>): string[] {
	return Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
}

function linesOf(text = ''): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
	return one.join('\n') === other.join('\n');
}

/** Returns what the form's values change. A note of several lines stays unchanged unless another note changes. */
export function changeOf(apiKey: ApiKey, values: Values): ApiKeyChange {
	const tools = Object.keys(values).flatMap((name) => (name.startsWith('tool ') ? [name.slice(5)] : []));
	const addresses = linesOf(values.allowed_ips);
	const notes = linesOf(values.metadata);
	const before = linesOf(notesOf(apiKey).join('\n'));
	return {
		...(values.name !== apiKey.name && { name: values.name ?? '' }),
		...(!isSame(tools.toSorted(), (apiKey.tools ?? []).toSorted()) && { tools: orNull(tools) }),
		...(!isSame(addresses, apiKey.allowed_ips ?? []) && { allowed_ips: orNull(addresses) }),
		...(!isSame(notes, before) && { metadata: Object.fromEntries(notes.map(noteOf)) }),
	};
}

const orNull = (list: string[]) => (list.length === 0 ? null : list);

function noteOf(line: string): [name: string, value: string] {
	const [name = '', ...value] = line.split('=');
	return [name.trim(), value.join('=').trim()];
}

const FIELDS = ['name', 'allowed_ips', 'metadata'];

/** Returns messages by field. The API names one of several lines, such as `allowed_ips.0`: its field shows the message. */
export function errorsByField(error: Error): Record<string, string> | undefined {
	if (!(error instanceof ApiError)) return undefined;
	const messages = error.details.flatMap(({ path, message }) => {
		const [field = '', line = ''] = path.split('.');
		const place = /^\d+$/.test(line) ? `Line ${Number(line) + 1} ${message}` : message;
		return FIELDS.includes(field) ? [[field, toSentence(place)] as const] : [];
	});
	return messages.length === 0 ? undefined : Object.fromEntries(messages.reverse());
}
