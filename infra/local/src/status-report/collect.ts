import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import { readPorts } from '../backing/ports.ts';
import { CALLERS, type Caller } from '../backing/secrets.ts';
import { appOf } from '../stack/scale.ts';
import type { Home } from '../supervisor/home.ts';
import type { SupervisorStatus } from '../supervisor/lock.ts';
import type { ProcessSnapshot } from '../supervisor/process.ts';
import { readAlarms } from './alarms.ts';
import { type Metrics, parseMetrics } from './metrics.ts';

/** One app that hangs must not delay the rest of the report. */
const ANSWER_MS = 4_000;
/** A publish may wait for 10 s. */
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

/** A running process of an app; its metrics are undefined when it doesn't answer. */
type Replica = { name: string; app: Caller; metrics: Metrics | undefined };

export type StatusReport = Awaited<ReturnType<typeof collectStatus>>;

/** Returns what `npm run status --json` prints. Whatever depends on an app that doesn't answer is null. */
export async function collectStatus(home: Home, status: SupervisorStatus) {
	const replicas = await readReplicas(home, status.processes);
	const jobs = await readJobs(home, replicas);
	const queues = by(replicas, 'jobs', 'creatorr_queue_messages', 'queue');
	const files = metric(replicas, 'files', 'creatorr_stored_files');
	const bytes = metric(replicas, 'files', 'creatorr_stored_bytes');
	const { bavail, blocks, bsize } = await statfs(home.root);
	return {
		home: home.root,
		url: status.url,
		supervisor_pid: status.pid,
		processes: status.processes,
		/** Apps whose process runs and doesn't answer. */
		silent: replicas.filter(({ metrics }) => metrics === undefined).map(({ name }) => name),
		tools: readTools(replicas),
		workers: jobs?.workers ?? null,
		recent_failures: jobs?.recent_failures ?? null,
		/** Messages at the broker, by queue. */
		queues,
		dead_letters: queues?.['dead-letters'] ?? null,
		outboxes: readOutboxes(replicas),
		mails_waiting: metric(replicas, 'auth', 'creatorr_mails_waiting'),
		files_due: metric(replicas, 'files', 'creatorr_files_due'),
		stored: files === null || bytes === null ? null : { files, bytes },
		/** Active alarms of RabbitMQ and PostgreSQL, one sentence each. */
		alarms: [...(await readAlarms(home, status.processes)), ...unconfirmedAlarm(replicas)],
		disk: { free_bytes: bavail * bsize, total_bytes: blocks * bsize },
	};
}

async function readReplicas(home: Home, processes: readonly ProcessSnapshot[]): Promise<Replica[]> {
	const ports = readPorts(home);
	const found = CALLERS.flatMap((app) =>
		processes
			.filter(({ name, pid }) => pid !== null && appOf(name) === app)
			.map(({ name }) => ({ app, name })),
	);
	return await Promise.all(
		found.map(async ({ app, name }) => {
			const text = await get(ports[name], '/metrics');
			return { app, name, metrics: text === undefined ? undefined : parseMetrics(text) };
		}),
	);
}

/** Returns the body of a 200; undefined when the app doesn't answer. */
async function get(port: number | undefined, path: string): Promise<string | undefined> {
	try {
		const response = await fetch(`http://127.0.0.1:${port}${path}`, {
			signal: AbortSignal.timeout(ANSWER_MS),
		});
		return response.ok ? await response.text() : undefined;
	} catch {
		return undefined;
	}
}

/** Returns what the first replica of jobs that answers reports: all would report the same. */
async function readJobs(home: Home, replicas: Replica[]) {
	const ports = readPorts(home);
	const ofJobs = replicas.filter(({ app }) => app === 'jobs');
	const texts = await Promise.all(ofJobs.map(({ name }) => get(ports[name], '/health/jobs')));
	const text = texts.find((one) => one !== undefined);
	return text === undefined ? undefined : jobsReport.safeParse(JSON.parse(text)).data?.data;
}

/** Returns a metric's samples of the first replica that has it. */
function samplesOf(replicas: Replica[], app: Caller, name: string): Metrics {
	const ofApp = replicas.filter((replica) => replica.app === app);
	const samples = ofApp.map(({ metrics = [] }) => metrics.filter((sample) => sample.name === name));
	return samples.find(({ length }) => length > 0) ?? [];
}

function metric(replicas: Replica[], app: Caller, name: string): number | null {
	return samplesOf(replicas, app, name)[0]?.value ?? null;
}

/** Returns a metric by the values of a label. */
function by(replicas: Replica[], app: Caller, name: string, label: string): Record<string, number> | null {
	const samples = samplesOf(replicas, app, name);
	if (samples.length === 0) return null;
	return Object.fromEntries(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
}

function readTools(replicas: Replica[]) {
	const byTool = (name: string) => by(replicas, 'jobs', `creatorr_${name}`, 'tool');
	const queued = byTool('jobs_queued');
	const [running, oldest] = [byTool('jobs_running'), byTool('jobs_oldest_queued_seconds')];
	const [workers, slots] = [byTool('workers'), byTool('worker_slots')];
	if (queued === null) return null;
	const entries = Object.entries(queued).map(([tool, count]) => {
		const report = {
			queued: count,
			running: running?.[tool] ?? 0,
			oldest_queued_seconds: oldest?.[tool] ?? 0,
			/** Live workers that have the tool, and how many of its jobs they run at the same time. */
			workers: workers?.[tool] ?? 0,
			slots: slots?.[tool] ?? 0,
		};
		return [tool, report] as const;
	});
	return Object.fromEntries(entries);
}

/** Returns the outboxes by service; null when no service that has one answers. */
function readOutboxes(replicas: Replica[]) {
	const outboxes: Record<string, { waiting: number; oldest_age_seconds: number }> = {};
	for (const app of CALLERS) {
		const waiting = metric(replicas, app, 'creatorr_outbox_events');
		const age = metric(replicas, app, 'creatorr_outbox_oldest_age_seconds');
		if (waiting !== null && age !== null) outboxes[app] = { waiting, oldest_age_seconds: age };
	}
	return Object.keys(outboxes).length === 0 ? null : outboxes;
}

/** Publishes are retried forever, so nothing else shows that a broker confirms none of them. */
function unconfirmedAlarm(replicas: Replica[]): string[] {
	const isWait = ({ name }: Metrics[number]) => name === 'creatorr_broker_unconfirmed_seconds';
	const waits = replicas.flatMap(({ metrics = [] }) => metrics.filter(isWait));
	const seconds = Math.max(0, ...waits.map(({ value }) => value));
	if (seconds < UNCONFIRMED_SECONDS) return [];
	return [`rabbitmq: no publish confirmed for ${Math.round(seconds)} s: docs/runbooks/disk.md`];
}
