import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import { readPorts } from '../backing/ports.ts';
import { CALLERS } from '../backing/secrets.ts';
import { type Home, pidFile } from '../supervisor/home.ts';
import type { SupervisorStatus } from '../supervisor/lock.ts';
import { readAlarms } from './alarms.ts';
import { parseMetrics, type Sample } from './metrics-text.ts';
import type { OutboxReport, StatusReport, ToolReport } from './report.ts';

/** A part that is stuck may not hold up what the others say. */
const ANSWER_MS = 4_000;
/** A publish may wait for 10 s; beyond that it is worth a line. */
const UNCONFIRMED_SECONDS = 15;

const jobsReport = z.object({
	data: z.object({
		workers: z.array(z.looseObject({ id: z.string(), running: z.number(), silent_seconds: z.number() })),
		recent_failures: z.array(
			z.object({
				job_id: z.string(),
				tool: z.string(),
				error_code: z.string().nullable(),
				request_id: z.string(),
				ended_at: z.string().nullable(),
			}),
		),
	}),
});

/** The app that a replica is of. */
function appOf(replica: string): string | undefined {
	return CALLERS.find((app) => replica === app || new RegExp(`^${app}-\\d+$`).test(replica));
}

async function ask(port: number | undefined, path: string): Promise<string | undefined> {
	if (port === undefined) return undefined;
	try {
		const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
		return answer.ok ? await answer.text() : undefined;
	} catch {
		return undefined;
	}
}

/** What the first replica of an app that answers has for this; several would say the same. */
type Known = { app: string; samples: Sample[] };

function seriesValue(known: readonly Known[], app: string, name: string): number | null {
	for (const { app: asked, samples } of known) {
		const sample = asked === app && samples.find((one) => one.name === name);
		if (sample) return sample.value;
	}
	return null;
}

/** By the value of a label; null where nobody has said anything. */
function valuesBy(known: readonly Known[], app: string, name: string, label: string) {
	const first = known.find((one) => one.app === app && one.samples.some((sample) => sample.name === name));
	if (!first) return null;
	const samples = first.samples.filter((sample) => sample.name === name);
	return Object.fromEntries(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
}

function toolsOf(known: readonly Known[]): Record<string, ToolReport> | null {
	const by = (name: string) => valuesBy(known, 'jobs', `creatorr_${name}`, 'tool');
	const queued = by('jobs_queued');
	if (!queued) return null;
	const [running, oldest] = [by('jobs_running'), by('jobs_oldest_queued_seconds')];
	const [workers, slots] = [by('workers'), by('worker_slots')];
	return Object.fromEntries(
		Object.entries(queued).map(([tool, count]) => [
			tool,
			{
				queued: count,
				running: running?.[tool] ?? 0,
				oldest_queued_seconds: oldest?.[tool] ?? 0,
				workers: workers?.[tool] ?? 0,
				slots: slots?.[tool] ?? 0,
			},
		]),
	);
}

function outboxesOf(known: readonly Known[]): Record<string, OutboxReport> {
	const outboxes: Record<string, OutboxReport> = {};
	for (const { app } of known) {
		const waiting = seriesValue(known, app, 'creatorr_outbox_events');
		const age = seriesValue(known, app, 'creatorr_outbox_oldest_age_seconds');
		if (waiting !== null && age !== null) outboxes[app] = { waiting, oldest_age_seconds: age };
	}
	return outboxes;
}

function storedOf(known: readonly Known[]): StatusReport['stored'] {
	const [files, bytes] = ['creatorr_stored_files', 'creatorr_stored_bytes'].map((name) =>
		seriesValue(known, 'files', name),
	);
	return files == null || bytes == null ? null : { files, bytes };
}

/** Publishes are retried for ever, so a broker that confirms none of them shows nowhere else. */
function unconfirmed(known: readonly Known[]): string[] {
	const name = 'creatorr_broker_unconfirmed_seconds';
	const seconds = known.flatMap(({ samples }) =>
		samples.filter((sample) => sample.name === name).map(({ value }) => value),
	);
	const longest = Math.max(0, ...seconds);
	return longest < UNCONFIRMED_SECONDS
		? []
		: [`rabbitmq: no publish confirmed for ${Math.round(longest)} s: docs/runbooks/disk.md`];
}

function readJobs(text: string | undefined) {
	return text === undefined ? undefined : jobsReport.safeParse(JSON.parse(text)).data?.data;
}

/** Asks every part that runs; whatever does not answer is missing. */
export async function collectStatus(home: Home, status: SupervisorStatus): Promise<StatusReport> {
	const ports = readPorts(home);
	const replicas = Object.keys(ports).flatMap((name) => {
		const app = appOf(name);
		return app && existsSync(pidFile(home, name)) ? [{ app, name }] : [];
	});
	const texts = await Promise.all(replicas.map(({ name }) => ask(ports[name], '/metrics')));
	const known = replicas.flatMap(({ app }, index) => {
		const text = texts[index];
		return text === undefined ? [] : [{ app, samples: parseMetrics(text) }];
	});
	const asked = replicas
		.filter(({ app }) => app === 'jobs')
		.map(({ name }) => ask(ports[name], '/health/jobs'));
	const jobs = readJobs((await Promise.all(asked)).find((text) => text !== undefined));
	const isRunning = (name: string) => existsSync(pidFile(home, name));
	const alarms = [...(await readAlarms(home, isRunning)), ...unconfirmed(known)];
	const queues = valuesBy(known, 'jobs', 'creatorr_queue_messages', 'queue');
	const { bavail, blocks, bsize } = await statfs(home.root);
	return {
		home: home.root,
		url: status.url,
		supervisor_pid: status.pid,
		processes: status.processes,
		silent: replicas.filter((_, index) => texts[index] === undefined).map(({ name }) => name),
		tools: toolsOf(known),
		workers: jobs?.workers ?? null,
		recent_failures: jobs?.recent_failures ?? null,
		queues,
		dead_letters: queues?.['dead-letters'] ?? null,
		outboxes: outboxesOf(known),
		mails_waiting: seriesValue(known, 'auth', 'creatorr_mails_waiting'),
		files_due: seriesValue(known, 'files', 'creatorr_files_due'),
		stored: storedOf(known),
		alarms,
		disk: { free_bytes: bavail * bsize, total_bytes: blocks * bsize },
	};
}
