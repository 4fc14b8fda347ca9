import { accountDeleted } from '@creatorr/contracts/events';
import { idSchema } from '@creatorr/contracts/ids';
import type { DeadLetter, DeadLetters } from '@creatorr/messaging/dead-letters';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	PartlyDoneError,
	UsageError,
} from '@creatorr/service/operator-command';
import { z } from 'zod';
import type { About, LetterAct } from './data/record-letter.ts';
import { whatDropLeaves, whyNoReplay } from './domain/replay-rule.ts';

export const HELP = `Dead letters: messages that no consumer could handle. Runs with the environment of the jobs service.

  node apps/jobs/src/dlq.ts list [--limit 50] [--json]
      The oldest of them: what they are, why and where they died, and in which request. None is taken.

  node apps/jobs/src/dlq.ts show ID [--json]
      All of one, with what it says.

  node apps/jobs/src/dlq.ts replay ID | --all [--reason WHY]
      Has it done after all: publishes it as it came first, then takes it from here. Whoever is killed in between can run
      it again, as consumers may see an event twice. What something else has made up for is left, and why is said.

  node apps/jobs/src/dlq.ts drop ID --reason WHY [--force]
      Takes it away for good. One that needs a replay is left unless you say --force, as what it asks for is never done then.

Replaying and dropping are kept in operator_actions under the name of who runs it: --by NAME, or the user of the operating
system. Exit codes: 0 done; 1 not done, or not all of it, as there is no such letter, say; 2 called in a wrong way.
`;

const LIMIT_MAX = 1_000;
const DEFAULT_LIMIT = '50';
/** Of a reason in a table. */
const REASON_CHARACTERS = 100;

const envelopeSchema = z.object({ request_id: z.string().catch('-'), occurred_at: z.string().catch('-') });

/** The letters, and where it is kept what is done to them. */
interface Dlq {
	letters: DeadLetters;
	record(act: LetterAct): Promise<void>;
}

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

async function list({ letters }: Dlq, { values }: CommandLine): Promise<object> {
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

async function show({ letters }: Dlq, { words: [id = ''] }: CommandLine): Promise<object> {
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

const dataSchema = z.object({
	data: z.object({
		user_id: idSchema('usr').optional().catch(undefined),
		job_id: idSchema('job').optional().catch(undefined),
	}),
});

function aboutOf(letter: DeadLetter): About {
	// The account is gone, and what is kept with it goes once jobs has heard of that.
	if (letter.routingKey === accountDeleted.type) return {};
	const data = dataSchema.safeParse(readContent(letter)).data?.data;
	return { userId: data?.user_id, jobId: data?.job_id };
}

/** Keeps an act for each letter that it is done to. */
function keeper({ record }: Dlq, act: Pick<LetterAct, 'operator' | 'action' | 'reason'>) {
	return (letter: DeadLetter) =>
		record({ ...act, subject: `${letter.id} ${letter.routingKey}`, about: aboutOf(letter) });
}

type Keep = ReturnType<typeof keeper>;

const NO_QUEUE = 'no queue takes it';

const named = ({ id, routingKey }: DeadLetter) => ({ id, type: routingKey });

async function replayAll(letters: DeadLetters, keep: Keep): Promise<object> {
	const left: { id: string; type: string; why: string }[] = [];
	const { replayed, unroutable } = await letters.replay((letter) => {
		const why = whyNoReplay(letter.routingKey);
		if (why !== undefined) left.push({ ...named(letter), why });
		return why === undefined;
	}, keep);
	left.push(...unroutable.map((letter) => ({ ...named(letter), why: NO_QUEUE })));
	const report = { replayed: replayed.map(named), left };
	if (unroutable.length === 0) return report;
	throw new PartlyDoneError(`${unroutable.length} could not be replayed: ${NO_QUEUE}`, report);
}

async function replayOne(letters: DeadLetters, id: string, keep: Keep): Promise<object> {
	let why: string | undefined;
	const { replayed, unroutable } = await letters.replay((letter) => {
		if (letter.id !== id) return false;
		why = whyNoReplay(letter.routingKey);
		return why === undefined;
	}, keep);
	if (why !== undefined)
		throw new CommandError(`${id} needs no replay: ${why}. \`drop ${id}\` takes it away`);
	if (unroutable.length > 0) throw new CommandError(`${id} could not be replayed: ${NO_QUEUE}`);
	if (replayed.length === 0) throw noLetter(id);
	return { replayed: replayed.map(named), left: [] };
}

async function replay(dlq: Dlq, line: CommandLine): Promise<object> {
	const {
		words: [id],
		values: { all, reason },
	} = line;
	if ((id !== undefined) === (all === true)) throw new UsageError('replay takes an id, or --all');
	const keep = keeper(dlq, {
		operator: line.operator(),
		action: 'letter_replayed',
		...(reason === undefined ? {} : { reason: line.reason() }),
	});
	return id === undefined ? await replayAll(dlq.letters, keep) : await replayOne(dlq.letters, id, keep);
}

async function drop(dlq: Dlq, line: CommandLine): Promise<object> {
	const [id = ''] = line.words;
	const keep = keeper(dlq, { operator: line.operator(), action: 'letter_dropped', reason: line.reason() });
	let loss: string | undefined;
	const dropped = await dlq.letters.drop((letter) => {
		if (letter.id !== id) return false;
		if (line.values.force || whyNoReplay(letter.routingKey) !== undefined) return true;
		loss = whatDropLeaves(letter.routingKey);
		return false;
	}, keep);
	if (loss !== undefined)
		throw new CommandError(
			`${id} needs a replay, without which ${loss}. \`replay ${id}\` does that, \`drop ${id} --force\` lets it be so`,
		);
	if (dropped.length === 0) throw noLetter(id);
	return { dropped: dropped.map((letter) => ({ ...named(letter), died_in: letter.diedIn })) };
}

interface DlqDeps extends Omit<Dlq, 'letters'> {
	/** Connects, when a command that was called well needs it. */
	open(): Promise<DeadLetters>;
}

export function dlqCommands({ open, record }: DlqDeps): Record<string, OperatorCommand> {
	const using = (command: (dlq: Dlq, line: CommandLine) => Promise<object>) => {
		return async (line: CommandLine) => {
			const letters = await open();
			try {
				return await command({ letters, record }, line);
			} finally {
				await letters.close();
			}
		};
	};
	return {
		list: { words: { min: 0, max: 0 }, options: ['limit'], run: using(list) },
		show: { words: { min: 1, max: 1 }, options: [], run: using(show) },
		replay: { words: { min: 0, max: 1 }, options: ['all', 'reason'], run: using(replay) },
		drop: { words: { min: 1, max: 1 }, options: ['force', 'reason'], run: using(drop) },
	};
}
