import { setTimeout as delay } from 'node:timers/promises';
import { call, newPerson, PASSWORD, type Person, signIn } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { localStripe } from '../driver/local-stripe.ts';
import { makePdf } from '../driver/pdf.ts';
import type { Actor, IdPrefix, Known } from './plan.ts';
import { PDF_BYTES } from './schema-values.ts';

/** A PDF of just this size. */
export const PDF = padded(makePdf({ pictureSide: 60 }), PDF_BYTES);

function padded(pdf: Buffer, sizeBytes: number): Buffer {
	return Buffer.concat([pdf, Buffer.alloc(sizeBytes - pdf.length, '\n')]);
}

/** A person and what answers have told them. */
export interface Member {
	person: Person;
	/** Every id that an answer to them held. */
	ids: Set<string>;
	cursors: string[];
	etags: string[];
}

/** Two people who have something, and what they know. */
export interface World {
	first: Member;
	second: Member;
	/** Signs what Stripe sends. */
	webhookSecret: string;
	/** Slugs of all tools. */
	tools: string[];
}

const ID = /\b(?:fil|job|ses|usr)_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const NOBODYS = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function newMember(hasJob = false): Promise<Member> {
	const person = await newPerson();
	const member: Member = { person, ids: new Set([person.id]), cursors: [], etags: [] };
	const fileId = await uploadFile(person.token, PDF);
	member.ids.add(fileId);
	if (hasJob) member.ids.add(await startJob(person.token, fileId));
	note(member, (await call('GET', '/v1/auth/sessions', { token: person.token })).text);
	return member;
}

const TRIES = 5;
const RETRY_MS = 2_000;

/** What is made here is not what is judged, so it is tried again. */
export async function newWorld(triesLeft = TRIES): Promise<World> {
	try {
		const [first, second, { webhook_secret: webhookSecret }, tools] = await Promise.all([
			newMember(true),
			newMember(),
			localStripe(),
			listTools(),
		]);
		return { first, second, webhookSecret, tools };
	} catch (error) {
		if (triesLeft === 1) throw error;
		await delay(RETRY_MS);
		return newWorld(triesLeft - 1);
	}
}

async function listTools(): Promise<string[]> {
	const { data } = (await call('GET', '/v1/tools')).body;
	return data.map(({ slug }: { slug: string }) => slug);
}

/** Remembers what an answer told a person. */
export function note(member: Member, text: string): void {
	for (const [id] of text.matchAll(ID)) {
		if (!id.endsWith(NOBODYS)) member.ids.add(id);
	}
	const cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1];
	if (cursor) member.cursors.push(cursor);
}

export function memberOf(world: World, actor: Actor): Member {
	return actor === 'second' ? world.second : world.first;
}

function otherOf(world: World, actor: Actor): Member {
	return actor === 'second' ? world.first : world.second;
}

/** Ids that the actor has never been told and the other has. */
export function secretsFrom(world: World, actor: Actor): string[] {
	const mine = actor === 'nobody' || actor === 'forger' ? new Set<string>() : memberOf(world, actor).ids;
	const others =
		actor === 'nobody' || actor === 'forger'
			? [...world.first.ids, ...world.second.ids]
			: [...otherOf(world, actor).ids];
	return others.filter((id) => !mine.has(id));
}

function pick<T>(values: readonly T[], nth: number): T | undefined {
	return values.length === 0 ? undefined : values[nth % values.length];
}

function idOf(member: Member, prefix: IdPrefix, nth: number): string {
	const ids = [...member.ids].filter((id) => id.startsWith(prefix));
	return pick(ids, nth) ?? `${prefix}_${NOBODYS}`;
}

/** What a mark of a plan stands for, as far as anybody knows by now. */
export function resolve(world: World, actor: Actor, known: Known): unknown {
	const member = known.of === 'other' ? otherOf(world, actor) : memberOf(world, actor);
	switch (known.$known) {
		case 'id':
			return idOf(member, known.prefix, known.nth);
		case 'email':
			return member.person.email;
		case 'password':
			return PASSWORD;
		case 'cursor':
			return pick(member.cursors, known.nth) ?? 'none';
		case 'etag':
			return pick(member.etags, known.nth) ?? '"0"';
		case 'tool':
			return pick(world.tools, known.nth) ?? 'none';
		default:
			return '';
	}
}

/** After a request that may have signed its sender out or removed the account: goes on as the same, or as somebody new. */
export async function stayIn(world: World, actor: Actor): Promise<void> {
	const member = memberOf(world, actor);
	const { status } = await call('GET', '/v1/me', { token: member.person.token });
	if (status === 200) return;
	const token = await signIn(member.person.email).catch(() => undefined);
	if (token) member.person.token = token;
	else Object.assign(member, await newMember());
}
