import { newApiKey } from '../../../driver/api-keys.ts';
import { subscribe } from '../../../driver/billing.ts';
import { call, newEmail, newPerson, type Person, signIn } from '../../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../../driver/flow.ts';
import { mailedToken, RESET, VERIFY } from '../../../driver/mails.ts';
import { makePdf } from '../../../driver/pdf.ts';
import { type Document, picturePdf, scannedPdf } from './documents.ts';

const PART_BYTES = 5 * 1024 ** 2;
/** A scan of many pages, so that its job is still running when an example cancels it. */
const LONG_SCAN = Array.from({ length: 12 }, (_, page) => [`Page ${page}`, 'is one of many']);

/** A reader who tries an example of /docs, with the values that the example needs by the names of shell variables. */
export interface Reader {
	email: string;
	variables: Record<string, string>;
}

/** Creates a new reader for each example, because some examples end the session or the account. */
export async function readerOf(operation: string, example: string): Promise<Reader> {
	const person = await newPerson();
	const variables: Record<string, string> = { TOKEN: person.token };
	const uses = (name: string) => example.includes(`$${name}`) || example.includes(camelCase(name));
	if (uses('ETAG') || operation === 'listFileParts') {
		Object.assign(variables, await beginUploadInParts(person));
	} else if (uses('FILE_ID')) {
		variables.FILE_ID = await uploadFile(person.token, makePdf());
	}
	if (uses('JOB_ID')) variables.JOB_ID = await jobFor(operation, person);
	if (uses('SESSION_ID')) variables.SESSION_ID = await otherSession(person);
	if (uses('KEY_ID')) variables.KEY_ID = (await newApiKey(person.token)).id;
	if (uses('MAIL_TOKEN')) variables.MAIL_TOKEN = await mailFor(operation, person);
	if (uses('WEBHOOK_ID')) Object.assign(variables, await webhookOf(person));
	if (operation === 'openPortal') await subscribe(person);
	return { email: operation === 'register' ? newEmail() : person.email, variables };
}

/** Returns the variables of a new person with this document, for an example that runs a job. */
export async function variablesFor({ buffer, name, mimeType }: Document): Promise<Reader['variables']> {
	const { token } = await newPerson();
	return { TOKEN: token, FILE_ID: await uploadFile(token, buffer, { name, mimeType }) };
}

/** `FILE_ID` is `fileId` in JavaScript. */
export const camelCase = (name: string) =>
	name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

async function beginUploadInParts({ token }: Person): Promise<Record<string, string>> {
	const declared = await call('POST', '/v1/files', {
		token,
		body: { name: 'large.pdf', mime_type: 'application/pdf', size_bytes: PART_BYTES, multipart: true },
	});
	const { file_id, multipart } = declared.body.data;
	const [part] = multipart.parts;
	const stored = await fetch(part.upload_url, { method: 'PUT', body: new Uint8Array(part.size) });
	return { FILE_ID: file_id, ETAG: stored.headers.get('etag')?.replaceAll('"', '') ?? '' };
}

async function jobFor(operation: string, { token }: Person): Promise<string> {
	if (operation === 'cancelJob') {
		const scan = await scannedPdf('scan.pdf', LONG_SCAN);
		return await startJob(token, await uploadFile(token, scan.buffer), { tool: 'ocr' });
	}
	const id = await startJob(token, await uploadFile(token, picturePdf().buffer));
	await finishJob(token, id);
	return id;
}

/** Nothing listens on this port, so that examples send nothing to other hosts. */
const LOCAL_WEBHOOK = 'http://127.0.0.1:1024/webhooks';

async function webhookOf({ token }: Person): Promise<Record<string, string>> {
	const { data } = (await call('POST', '/v1/webhooks', { token, body: { url: LOCAL_WEBHOOK } })).body;
	const test = await call('POST', `/v1/webhooks/${data.id}/test`, { token });
	return { WEBHOOK_ID: data.id, DELIVERY_ID: test.body.data.delivery_id };
}

async function otherSession({ token, email }: Person): Promise<string> {
	await signIn(email);
	const { body } = await call('GET', '/v1/auth/sessions', { token });
	return body.data.find((session: { current: boolean }) => !session.current).id;
}

async function mailFor(operation: string, { email }: Person): Promise<string> {
	if (operation === 'verifyEmail') return await mailedToken(email, VERIFY);
	await call('POST', '/v1/auth/password/forgot', { body: { email } });
	return await mailedToken(email, RESET);
}

/** Replaces the email of an example by this one, and its webhook by a URL of this machine. */
export function withEmail(example: string, email: string): string {
	return example
		.replaceAll('you@example.com', email)
		.replaceAll('https://example.com/webhooks', LOCAL_WEBHOOK);
}
