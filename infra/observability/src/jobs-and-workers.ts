import type { Dashboard } from './panel.ts';

/** Where jobs spend their time, how they fail, and whether there are enough workers. */
export const jobsAndWorkers: Dashboard = {
	uid: 'creatorr-jobs',
	title: 'creatorr: jobs and workers',
	rows: [
		{
			title: 'Jobs',
			panels: [
				{
					title: 'Queue time (p95)',
					unit: 's',
					description: 'From creation to start, by tool.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le, tool) (rate(creatorr_job_wait_seconds_bucket[15m])))',
							legend: '{{tool}}',
						},
					],
				},
				{
					title: 'Run time (p95)',
					unit: 's',
					description: 'From start to end, by tool.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le, tool) (rate(creatorr_job_run_seconds_bucket[15m])))',
							legend: '{{tool}}',
						},
					],
				},
				{
					title: 'Failures by code',
					unit: 'short',
					description:
						'Jobs per minute. internal and worker_lost are our fault. Most others are caused by the file.',
					queries: [
						{
							expr: '60 * sum by (tool, error_code) (rate(creatorr_jobs_ended_total{outcome="failed"}[5m]))',
							legend: '{{tool}} {{error_code}}',
						},
					],
				},
				{
					title: 'Lost attempts',
					unit: 'short',
					description:
						'Attempts in 15 minutes, by tool: without heartbeats, or whose outcome was dead-lettered or named a missing output.',
					queries: [
						{ expr: 'sum by (tool) (increase(creatorr_job_attempts_lost_total[15m]))', legend: '{{tool}}' },
					],
				},
				{
					title: 'Returned attempts',
					unit: 'short',
					description:
						'Attempts in an hour that workers returned unfinished, by tool and reason. A rollout returns each running job once or twice.',
					queries: [
						{
							expr: 'sum by (tool, reason) (increase(creatorr_job_attempts_returned_total[1h]))',
							legend: '{{tool}} {{reason}}',
						},
					],
				},
			],
		},
		{
			title: 'Workers',
			panels: [
				{
					title: 'Slots and running jobs',
					unit: 'short',
					description: 'By tool: how many jobs all workers can run, and how many they run.',
					queries: [
						{ expr: 'max by (tool) (creatorr_worker_slots)', legend: '{{tool}} slots' },
						{ expr: 'sum by (tool) (creatorr_worker_jobs_running)', legend: '{{tool}} running' },
					],
				},
				{
					title: 'Workers',
					unit: 'short',
					description: 'Online workers, by tool.',
					queries: [{ expr: 'max by (tool) (creatorr_workers)', legend: '{{tool}}' }],
				},
				{
					title: 'Prewarmed processes',
					unit: 'short',
					description: 'Ready processes of all workers, by tool.',
					queries: [{ expr: 'sum by (tool) (creatorr_prewarmed_processes_ready)', legend: '{{tool}}' }],
				},
				{
					title: 'Tool run time (median)',
					unit: 's',
					description: 'By tool and outcome.',
					queries: [
						{
							expr: 'histogram_quantile(0.5, sum by (le, tool, outcome) (rate(creatorr_tool_duration_seconds_bucket[15m])))',
							legend: '{{tool}} {{outcome}}',
						},
					],
				},
				{
					title: 'Bytes in and out',
					unit: 'Bps',
					description: 'Downloaded inputs and uploaded outputs.',
					queries: [
						{ expr: 'sum(rate(creatorr_tool_input_bytes_total[5m]))', legend: 'in' },
						{ expr: 'sum(rate(creatorr_tool_output_bytes_total[5m]))', legend: 'out' },
					],
				},
				{
					title: 'Scratch space',
					unit: 'bytes',
					description:
						'Free space in each worker’s scratch directory. When it is full, jobs fail with limit_exceeded or internal.',
					queries: [{ expr: 'min by (instance) (creatorr_scratch_free_bytes)', legend: '{{instance}}' }],
				},
				{
					title: 'Killed commands',
					unit: 'short',
					description: 'Commands that the sandbox killed in 15 minutes, by reason.',
					queries: [
						{ expr: 'sum by (reason) (increase(creatorr_sandbox_kills_total[15m]))', legend: '{{reason}}' },
					],
				},
			],
		},
	],
};
