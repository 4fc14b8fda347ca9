import type { DeadLetter, DeadLetters } from '@creatorr/messaging/dead-letters';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import { z } from 'zod';
import { whyNoReplay } from './domain/replay-rule.ts';

export const HELP = `Dead letters: messages that no consumer could handle. Runs with the environment of the jobs service.

  node apps/jobs/src/dlq.ts list [--limit 50] [--json]
      The oldest of them: what they are, why and where they died, and in which request. None is taken.

  node apps/jobs/src/dlq.ts show ID [--json]
      All of one, with what it says.

  node apps/jobs/src/dlq.ts replay ID | --all
      Has it done after all: publishes it as it came first, then takes it from here. Whoever is killed in between can run
      it again, as consumers may see an event twice. What something else has made up for is left, and why is said.

  node apps/jobs/src/dlq.ts drop ID
      Takes it away for good.

Exit codes: 0 done; 1 not done, as there is no such letter, say; 2 called in a wrong way.
`;

const LIMIT_MAX = 1_000;
const DEFAULT_LIMIT = '50';
/** Of a reason in a table. */
const REASON_CHARACTERS = 100;

const envelopeSchema = z.object({ request_id: z.string().catch('-'), occurred_at: z.string().catch('-') });

/** What an event says, where it can be read at all: that may be why it is here. */
function readContent({ content }: DeadLetter): unknown {
	try {
		return JSON.parse(content);
	} catch {
		return content;
	}
}

function summaryOf(letter: DeadLetter) {
	const envelope = envelopeSchema.safeParse(readContent(letter)).data;
	const { id, routingKey, reason, diedIn, diedAt } = letter;
	return {
		id,
		type: routingKey,
		age_seconds: diedAt && Math.round((Date.now() - diedAt.getTime()) / 1_000),
		occurred_at: envelope?.occurred_at ?? null,
		died_in: diedIn,
		request_id: envelope?.request_id ?? null,
		replay: whyNoReplay(routingKey) === undefined ? 'needed' : 'needless',
		reason,
	};
}

async function list(letters: DeadLetters, { values }: CommandLine): Promise<object> {
	const limit = Number(values.limit ?? DEFAULT_LIMIT);
	if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
		throw new UsageError(`--limit takes a whole number, from 1 to ${LIMIT_MAX}`);
	const found = await letters.list(limit);
	const rows = found.letters.map(summaryOf);
	const cut = rows.map((row) => ({ ...row, reason: row.reason.slice(0, REASON_CHARACTERS) }));
	return { total: found.total, dead_letters: values.json ? rows : cut };
}

function noLetter(id: string): CommandError {
	return new CommandError(`there is no dead letter ${id}`);
}

async function show(letters: DeadLetters, { words: [id = ''] }: CommandLine): Promise<object> {
	const { letters: all } = await letters.list(Number.POSITIVE_INFINITY);
	const found = all.filter((letter) => letter.id === id);
	const [first] = found;
	if (!first) throw noLetter(id);
	return {
		...summaryOf(first),
		why_no_replay: whyNoReplay(first.routingKey) ?? null,
		died_in: found.map(({ diedIn }) => diedIn ?? '-').join(', '),
		died_at: first.diedAt,
		message: readContent(first),
	};
}

async function replayAll(letters: DeadLetters): Promise<object> {
	const left: { id: string; type: string; why: string }[] = [];
	const replayed = await letters.replay(({ id, routingKey }) => {
		const why = whyNoReplay(routingKey);
		if (why !== undefined) left.push({ id, type: routingKey, why });
		return why === undefined;
	});
	return { replayed: replayed.map(({ id, routingKey }) => ({ id, type: routingKey })), left };
}

async function replayOne(letters: DeadLetters, id: string): Promise<object> {
	let why: string | undefined;
	const replayed = await letters.replay((letter) => {
		if (letter.id !== id) return false;
		why = whyNoReplay(letter.routingKey);
		return why === undefined;
	});
	if (why !== undefined)
		throw new CommandError(`${id} needs no replay: ${why}. \`drop ${id}\` takes it away`);
	if (replayed.length === 0) throw noLetter(id);
	return { replayed: replayed.map((letter) => ({ id, type: letter.routingKey })), left: [] };
}

async function replay(letters: DeadLetters, { words: [id], values: { all } }: CommandLine): Promise<object> {
	if ((id !== undefined) === (all === true)) throw new UsageError('replay takes an id, or --all');
	return id === undefined ? await replayAll(letters) : await replayOne(letters, id);
}

async function drop(letters: DeadLetters, { words: [id = ''] }: CommandLine): Promise<object> {
	const dropped = await letters.drop((letter) => letter.id === id);
	if (dropped.length === 0) throw noLetter(id);
	return { dropped: dropped.map((letter) => ({ id, type: letter.routingKey, died_in: letter.diedIn })) };
}

/** `open` connects when a command that was called well needs it. */
export function dlqCommands(open: () => Promise<DeadLetters>): Record<string, OperatorCommand> {
	const using = (command: (letters: DeadLetters, line: CommandLine) => Promise<object>) => {
		return async (line: CommandLine) => {
			const letters = await open();
			try {
				return await command(letters, line);
			} finally {
				await letters.close();
			}
		};
	};
	return {
		list: { words: { min: 0, max: 0 }, options: ['limit'], run: using(list) },
		show: { words: { min: 1, max: 1 }, options: [], run: using(show) },
		replay: { words: { min: 0, max: 1 }, options: ['all'], run: using(replay) },
		drop: { words: { min: 1, max: 1 }, options: [], run: using(drop) },
	};
}
