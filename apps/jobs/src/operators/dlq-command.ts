import { accountDeleted } from '@creatorr/contracts/events';
import { idSchema } from '@creatorr/contracts/ids';
import type { DeadLetter, DeadLetters } from '@creatorr/messaging/dead-letters';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	PartialFailureError,
	programName,
	UsageError,
} from '@creatorr/service/operator-command';
import { z } from 'zod';
import type { Database } from '../database.sql.ts';
import {
	type DeadLetterAction,
	type MessageSubject,
	recordDeadLetterAction,
} from './dead-letter-actions.sql.ts';
import { effectOfDrop, reasonNotToReplay } from './replay-rule.ts';

export const HELP = `Dead-lettered messages: no consumer could handle them.
Runs with the environment of the jobs service (with npm start: npm run dlq).

  node apps/jobs/src/dlq.ts list [--limit 50] [--json]
      Lists the oldest messages: their type, why and from which queue they were dead-lettered, and their request. Removes none.

  node apps/jobs/src/dlq.ts show ID [--json]
      Shows one message with its content.

  node apps/jobs/src/dlq.ts replay ID | --all [--reason WHY]
      Publishes a message again, then removes it here. If the command is killed in between, run it again: consumers handle
      repeated events. Skips messages that need no replay and says why.

  node apps/jobs/src/dlq.ts drop ID --reason WHY [--force]
      Deletes a message. Refuses a message that needs a replay, unless --force is given: its effect is lost then.

Replaying and dropping are recorded in operator_actions under the operator's name: --by NAME, or the user of the operating
system. Exit codes: 0 done; 1 not or only partly done, for example because there is no such message; 2 wrong usage.
`;

const LIMIT_MAX = 1_000;
const DEFAULT_LIMIT = '50';
/** The longest reason that a table shows. */
const REASON_CHARACTERS = 100;

const envelopeSchema = z.object({ request_id: z.string().catch('-'), occurred_at: z.string().catch('-') });

/** The dead-lettered messages, and the database that records what operators do to them. */
interface Dlq {
	messages: DeadLetters;
	prisma: Database;
}

/** Returns the parsed event, or the text if it is no JSON, which may be why it was dead-lettered. */
function readContent({ content }: DeadLetter): unknown {
	try {
		return JSON.parse(content);
	} catch {
		return content;
	}
}

function summaryOf(message: DeadLetter) {
	const envelope = envelopeSchema.safeParse(readContent(message)).data;
	const { id, routingKey, reason, sourceQueue, deadLetteredAt } = message;
	return {
		id,
		type: routingKey,
		age_seconds: deadLetteredAt && Math.round((Date.now() - deadLetteredAt.getTime()) / 1_000),
		occurred_at: envelope?.occurred_at ?? null,
		source_queue: sourceQueue,
		request_id: envelope?.request_id ?? null,
		replay: reasonNotToReplay(routingKey) === undefined ? 'needed' : 'not_needed',
		reason,
	};
}

async function list({ messages }: Dlq, { values }: CommandLine): Promise<object> {
	const limit = Number(values.limit ?? DEFAULT_LIMIT);
	if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
		throw new UsageError(`--limit needs a whole number from 1 to ${LIMIT_MAX}.`);
	const found = await messages.list(limit);
	const rows = found.messages.map(summaryOf);
	const cut = rows.map((row) => ({ ...row, reason: row.reason.slice(0, REASON_CHARACTERS) }));
	return { total: found.total, dead_letters: values.json ? rows : cut };
}

function noMessage(id: string): CommandError {
	return new CommandError(`No such dead-lettered message: ${id}.`);
}

async function show({ messages }: Dlq, { positionals: [id = ''] }: CommandLine): Promise<object> {
	const { messages: all } = await messages.list(Number.POSITIVE_INFINITY);
	const found = all.filter((message) => message.id === id);
	const [first] = found;
	if (!first) throw noMessage(id);
	return {
		...summaryOf(first),
		reason_not_to_replay: reasonNotToReplay(first.routingKey) ?? null,
		source_queue: found.map(({ sourceQueue }) => sourceQueue ?? '-').join(', '),
		dead_lettered_at: first.deadLetteredAt,
		message: readContent(first),
	};
}

const dataSchema = z.object({
	data: z.object({
		user_id: idSchema('usr').optional().catch(undefined),
		job_id: idSchema('job').optional().catch(undefined),
	}),
});

function subjectOf(message: DeadLetter): MessageSubject {
	// The account was deleted. When the jobs service handles that event, it deletes records with the user id, so this one has none.
	if (message.routingKey === accountDeleted.type) return {};
	const data = dataSchema.safeParse(readContent(message)).data?.data;
	return { userId: data?.user_id, jobId: data?.job_id };
}

/** Returns a function that records the action for a message. */
function createRecorder({ prisma }: Dlq, action: Pick<DeadLetterAction, 'operator' | 'action' | 'reason'>) {
	return (message: DeadLetter) => {
		const subject = `${message.id} ${message.routingKey}`;
		return recordDeadLetterAction(prisma, { ...action, subject, about: subjectOf(message) });
	};
}

type RecordAction = ReturnType<typeof createRecorder>;

const NO_QUEUE = 'no queue is bound to its routing key';
const DECLARE_QUEUES = 'Restart one process of each service, which declares its queues, then replay again.';

const idAndType = ({ id, routingKey }: DeadLetter) => ({ id, type: routingKey });

async function replayAll(messages: DeadLetters, record: RecordAction): Promise<object> {
	const notReplayed: { id: string; type: string; reason: string }[] = [];
	const { replayed, unroutable } = await messages.replay((message) => {
		const reason = reasonNotToReplay(message.routingKey);
		if (reason !== undefined) notReplayed.push({ ...idAndType(message), reason });
		return reason === undefined;
	}, record);
	notReplayed.push(...unroutable.map((message) => ({ ...idAndType(message), reason: NO_QUEUE })));
	const report = { replayed: replayed.map(idAndType), not_replayed: notReplayed };
	if (unroutable.length === 0) return report;
	throw new PartialFailureError(
		`Not replayed, because no queue is bound to their routing key: ${unroutable.length}. ${DECLARE_QUEUES}`,
		report,
	);
}

async function replayOne(messages: DeadLetters, id: string, record: RecordAction): Promise<object> {
	let reason: string | undefined;
	const { replayed, unroutable } = await messages.replay((message) => {
		if (message.id !== id) return false;
		reason = reasonNotToReplay(message.routingKey);
		return reason === undefined;
	}, record);
	if (reason !== undefined)
		throw new CommandError(
			`${id} needs no replay: ${reason}. To delete it, run \`${programName()} drop ${id} --reason WHY\`.`,
		);
	if (unroutable.length > 0)
		throw new CommandError(`${id} was not replayed, because ${NO_QUEUE}. ${DECLARE_QUEUES}`);
	if (replayed.length === 0) throw noMessage(id);
	return { replayed: replayed.map(idAndType), not_replayed: [] };
}

async function replay(dlq: Dlq, line: CommandLine): Promise<object> {
	const {
		positionals: [id],
		values: { all, reason },
	} = line;
	if ((id !== undefined) === (all === true)) throw new UsageError('replay needs an ID or --all.');
	const record = createRecorder(dlq, {
		operator: line.operator(),
		action: 'dead_letter_replayed',
		...(reason === undefined ? {} : { reason: line.reason() }),
	});
	return id === undefined ? await replayAll(dlq.messages, record) : await replayOne(dlq.messages, id, record);
}

async function drop(dlq: Dlq, line: CommandLine): Promise<object> {
	const [id = ''] = line.positionals;
	const action = { operator: line.operator(), action: 'dead_letter_dropped', reason: line.reason() };
	let effect: string | undefined;
	const dropped = await dlq.messages.drop(
		(message) => {
			if (message.id !== id) return false;
			if (line.values.force || reasonNotToReplay(message.routingKey) !== undefined) return true;
			effect = effectOfDrop(message.routingKey);
			return false;
		},
		createRecorder(dlq, action),
	);
	if (effect !== undefined)
		throw new CommandError(
			`${id} needs a replay. Without it, ${effect}. Run \`${programName()} replay ${id}\`, or accept that with \`${programName()} drop ${id} --reason WHY --force\`.`,
		);
	if (dropped.length === 0) throw noMessage(id);
	return {
		dropped: dropped.map((message) => ({ ...idAndType(message), source_queue: message.sourceQueue })),
	};
}

interface DlqDeps {
	/** Connects to the broker. Called only for a command whose usage is correct. */
	open(): Promise<DeadLetters>;
	prisma: Database;
}

export function dlqCommands({ open, prisma }: DlqDeps): Record<string, OperatorCommand> {
	const using = (command: (dlq: Dlq, line: CommandLine) => Promise<object>) => {
		return async (line: CommandLine) => {
			const messages = await open();
			try {
				return await command({ messages, prisma }, line);
			} finally {
				await messages.close();
			}
		};
	};
	return {
		list: { positionals: { min: 0, max: 0 }, options: ['limit'], run: using(list) },
		show: { positionals: { min: 1, max: 1 }, options: [], run: using(show) },
		replay: { positionals: { min: 0, max: 1 }, options: ['all', 'reason'], run: using(replay) },
		drop: { positionals: { min: 1, max: 1 }, options: ['force', 'reason'], run: using(drop) },
	};
}
