import { setTimeout as delay } from 'node:timers/promises';
import { judge } from './judge.ts';
import type { Plan } from './plan.ts';
import { type Sent, sendPlan } from './send.ts';
import { memberOf, note, PDF, stayIn, type World } from './world.ts';

/** Larger files are declared and never come. */
const UPLOADED_MAX_BYTES = 6 * 1024 ** 2;
/** After a success of one of these its sender may be signed out, or gone. */
const ENDS =
	/^(POST \/v1\/auth\/(logout|logout-all|password|password\/reset)|DELETE \/v1\/(me|auth\/sessions\/\{id\}))$/;

const TRIES = 5;

interface Declared {
	upload_url: string | null;
	headers: Record<string, string>;
	multipart?: { parts: { upload_url: string; size: number }[] };
}

async function put(url: string, headers: Record<string, string>, sizeBytes: number): Promise<string | null> {
	const bytes = sizeBytes === PDF.length ? PDF : Buffer.alloc(sizeBytes, 'a');
	const answer = await fetch(url, { method: 'PUT', headers, body: bytes as Uint8Array<ArrayBuffer> });
	if (answer.status >= 500) throw new Error(`an upload was answered ${answer.status} ${await answer.text()}`);
	await answer.arrayBuffer();
	return answer.headers.get('etag');
}

/** Sends the bytes of a file that was declared, or the first part of them. */
async function upload(world: World, plan: Plan, sent: Sent): Promise<void> {
	if (!plan.uploads || plan.route !== 'POST /v1/files' || sent.status !== 201) return;
	const { upload_url, headers, multipart } = JSON.parse(sent.text).data as Declared;
	const part = multipart?.parts[0];
	const url = upload_url ?? part?.upload_url;
	const sizeBytes = part?.size ?? Number(/content-length=(\d+)/.exec(url ?? '')?.[1] ?? sizeOf(plan));
	if (!url || sizeBytes > UPLOADED_MAX_BYTES) return;
	const etag = await put(url, headers, sizeBytes);
	if (etag && part) memberOf(world, plan.actor).etags.push(etag);
}

function sizeOf(plan: Plan): number {
	const value = plan.body.kind === 'json' ? plan.body.value : undefined;
	const size = (value as { size_bytes?: unknown } | undefined)?.size_bytes;
	return typeof size === 'number' ? size : Number.POSITIVE_INFINITY;
}

/** As a client does, tries again when it is told to: a machine that is busy with other work may be too slow once, but not always. */
async function sendUntilServed(world: World, plan: Plan): Promise<Sent> {
	for (let tries = 1; ; tries += 1) {
		const sent = await sendPlan(world, plan);
		const retryAfter = sent.headers.get('retry-after');
		if (sent.status !== 503 || retryAfter === null || tries === TRIES) return sent;
		await delay(Number(retryAfter) * 1_000);
	}
}

/** Sends what a plan says, as often as it says, and judges every answer. Resolves to the answers; throws what is wrong with one. */
export async function step(world: World, plan: Plan): Promise<Sent[]> {
	const sent = await Promise.all(Array.from({ length: plan.times }, () => sendUntilServed(world, plan)));
	const isMember = plan.actor === 'first' || plan.actor === 'second';
	for (const one of sent) {
		await judge(world, plan, one);
		if (isMember && one.status < 400) note(memberOf(world, plan.actor), one.text);
		await upload(world, plan, one);
	}
	if (isMember && ENDS.test(plan.route) && sent.some(({ status }) => status === 204))
		await stayIn(world, plan.actor);
	return sent;
}
