import { setTimeout as sleep } from 'node:timers/promises';
import { putBytes } from '../driver/create-flow.ts';
import { judge } from './judge.ts';
import type { Plan } from './plan.ts';
import { type Sent, sendPlan } from './send.ts';
import { memberOf, note, PDF, stayIn, type World } from './world.ts';

/** Larger files are declared, but not uploaded. */
const MAX_UPLOADED_BYTES = 6 * 1024 ** 2;
/** A success of one of these may end the sender's session or account. */
const ENDS_SESSIONS =
	/^(POST \/v1\/auth\/(logout|logout-all|password|password\/reset)|DELETE \/v1\/(me|auth\/sessions\/\{id\}))$/;
const TRIES = 5;

/** Sends the requests of a plan and judges every answer. Returns the answers; throws what is wrong with one. */
export async function step(world: World, plan: Plan): Promise<Sent[]> {
	const sent = await Promise.all(Array.from({ length: plan.times }, () => sendUntilServed(world, plan)));
	const member = memberOf(world, plan.actor);
	for (const one of sent) {
		await judge(world, plan, one);
		if (member && one.status < 400) note(member, one.text);
		const etag = await upload(plan, one);
		if (etag) member?.etags.push(etag);
	}
	if (member && ENDS_SESSIONS.test(plan.route) && sent.some(({ status }) => status === 204))
		await stayIn(member);
	return sent;
}

/** Retries as clients do when they are asked to: a busy machine may be too slow once, but not always. */
async function sendUntilServed(world: World, plan: Plan): Promise<Sent> {
	for (let tries = 1; ; tries += 1) {
		const sent = await sendPlan(world, plan);
		const retryAfter = sent.headers.get('retry-after');
		if (sent.status !== 503 || retryAfter === null || tries === TRIES) return sent;
		await sleep(Number(retryAfter) * 1_000);
	}
}

/** Uploads the bytes of a declared file, or its first part. Returns the ETag of a part. */
async function upload(plan: Plan, sent: Sent): Promise<string | undefined> {
	if (!plan.uploads || plan.route !== 'POST /v1/files' || sent.status !== 201) return undefined;
	const { upload_url, headers, multipart } = sent.body.data;
	const part = multipart?.parts[0];
	const url = part?.upload_url ?? upload_url;
	const sizeBytes = part?.size ?? declaredBytes(plan);
	if (!url || sizeBytes > MAX_UPLOADED_BYTES) return undefined;
	const bytes = sizeBytes === PDF.length ? PDF : Buffer.alloc(sizeBytes, 'a');
	const { status, etag } = await putBytes(url, bytes, headers);
	if (status >= 500) throw new Error(`an upload was answered ${status}`);
	return part && etag;
}

function declaredBytes({ body }: Plan): number {
	const declared = body && 'json' in body ? (body.json as { size_bytes?: unknown } | null) : undefined;
	return typeof declared?.size_bytes === 'number' ? declared.size_bytes : Number.POSITIVE_INFINITY;
}
