import { setTimeout as sleep } from 'node:timers/promises';
import { call, newPerson, PASSWORD, type Person, signIn } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { localStripe } from '../driver/local-stripe.ts';
import { makePdf } from '../driver/pdf.ts';
import type { Actor, Known } from './plan.ts';
import { PDF_BYTES } from './schema-values.ts';

const SMALL_PDF = makePdf({ pictureSide: 60 });
export const PDF = Buffer.concat([SMALL_PDF, Buffer.alloc(PDF_BYTES - SMALL_PDF.length, '\n')]);

/** A user, and what answers to them contained. */
interface Member {
	person: Person;
	ids: Set<string>;
	cursors: string[];
	etags: string[];
}

/** Two users with files and jobs, and what they know. */
export interface World {
	first: Member;
	second: Member;
	/** Signs Stripe's events. */
	webhookSecret: string;
	tools: string[];
}

const ID = /\b(?:fil|job|ses|usr|key)_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const UNKNOWN_ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function newMember(hasJob = false): Promise<Member> {
	const person = await newPerson();
	const fileId = await uploadFile(person.token, PDF);
	const member: Member = { person, ids: new Set([person.id, fileId]), cursors: [], etags: [] };
	if (hasJob) member.ids.add(await startJob(person.token, fileId));
	note(member, (await call('GET', '/v1/auth/sessions', { token: person.token })).text);
	return member;
}

const TRIES = 5;
const RETRY_MS = 2_000;

/** Creates two users. Retries, because these requests are not what is tested. */
export async function newWorld(triesLeft = TRIES): Promise<World> {
	try {
		const [first, second, stripe, tools] = await Promise.all([
			newMember(true),
			newMember(),
			localStripe(),
			call('GET', '/v1/tools'),
		]);
		const slugs = tools.body.data.map(({ slug }: { slug: string }) => slug);
		return { first, second, webhookSecret: stripe.webhook_secret, tools: slugs };
	} catch (error) {
		if (triesLeft === 1) throw error;
		await sleep(RETRY_MS);
		return newWorld(triesLeft - 1);
	}
}

/** Records what an answer told a user. */
export function note(member: Member, text: string): void {
	for (const [id] of text.matchAll(ID)) if (!id.endsWith(UNKNOWN_ULID)) member.ids.add(id);
	const cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1];
	if (cursor) member.cursors.push(cursor);
}

/** Returns the user that sends as this actor. */
export function memberOf(world: World, actor: Actor): Member | undefined {
	return actor === 'first' || actor === 'second' ? world[actor] : undefined;
}

/** Returns the ids that answers told a user, but not this actor. */
export function secretsFrom(world: World, actor: Actor): string[] {
	const mine = memberOf(world, actor)?.ids;
	return [...world.first.ids, ...world.second.ids].filter((id) => !mine?.has(id));
}

/** Returns the value that stands for a {@link Known} by now, or a well-formed one that nobody has. */
export function resolve(world: World, actor: Actor, { $known, of, nth }: Known): string {
	const isSecond = (actor === 'second') === (of === 'actor');
	const { person, ids, cursors, etags } = isSecond ? world.second : world.first;
	const idsOf = (prefix: string) => [...ids].filter((id) => id.startsWith(prefix));
	const known: Record<Known['$known'], readonly string[]> = {
		fil: idsOf('fil'),
		job: idsOf('job'),
		ses: idsOf('ses'),
		usr: idsOf('usr'),
		key: idsOf('key'),
		email: [person.email],
		password: [PASSWORD],
		cursor: cursors,
		etag: etags,
		tool: world.tools,
	};
	const values = known[$known];
	const missing = { cursor: 'none', etag: '"0"' }[$known as string];
	return values[nth % values.length] ?? missing ?? `${$known}_${UNKNOWN_ULID}`;
}

/** Signs the user in again if a request ended the session, or replaces the user if a request ended the account. */
export async function stayIn(member: Member): Promise<void> {
	const { person } = member;
	if ((await call('GET', '/v1/me', { token: person.token })).status === 200) return;
	const token = await signIn(person.email).catch(() => undefined);
	if (token) person.token = token;
	else Object.assign(member, await newMember());
}
