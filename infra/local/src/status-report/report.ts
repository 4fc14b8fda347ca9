import type { ProcessSnapshot } from '../supervisor/process.ts';

export type ToolReport = {
	queued: number;
	running: number;
	/** Of the oldest queued job. */
	oldest_queued_seconds: number;
	/** Living workers that have the tool, and the jobs that they run of it at once. */
	workers: number;
	slots: number;
};

export type FailureReport = {
	job_id: string;
	tool: string;
	error_code: string | null;
	request_id: string;
	ended_at: string | null;
};

type WorkerReport = { id: string; running: number; silent_seconds: number };

export type OutboxReport = { waiting: number; oldest_age_seconds: number };

/** What `npm run status` knows, as `--json` prints it. Null is what nobody could say, as the part that knows it is down. */
export type StatusReport = {
	home: string;
	url: string | null;
	supervisor_pid: number;
	processes: ProcessSnapshot[];
	/** Apps whose process runs and did not answer. */
	silent: string[];
	tools: Record<string, ToolReport> | null;
	workers: WorkerReport[] | null;
	recent_failures: FailureReport[] | null;
	/** Messages at the broker, by queue. */
	queues: Record<string, number> | null;
	dead_letters: number | null;
	/** By the service that has it. */
	outboxes: Record<string, OutboxReport>;
	mails_waiting: number | null;
	files_due: number | null;
	stored: { files: number; bytes: number } | null;
	/** Active alarms of RabbitMQ and PostgreSQL, one sentence each. */
	alarms: string[];
	disk: { free_bytes: number; total_bytes: number };
};
