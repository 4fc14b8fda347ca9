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
					title: 'Wait of the slowest twentieth',
					unit: 's',
					description: 'From a job’s creation to its start, by tool.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le, tool) (rate(creatorr_job_wait_seconds_bucket[15m])))',
							legend: '{{tool}}',
						},
					],
				},
				{
					title: 'Run of the slowest twentieth',
					unit: 's',
					description: 'From a job’s start to its end, by tool.',
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
					description: 'Jobs a minute. internal and worker_lost are ours; most others are the file’s.',
					queries: [
						{
							expr: '60 * sum by (tool, error_code) (rate(creatorr_jobs_ended_total{outcome="failed"}[5m]))',
							legend: '{{tool}} {{error_code}}',
						},
					],
				},
				{
					title: 'Attempts that were lost',
					unit: 'short',
					description: 'In 15 minutes, by tool: a worker was not heard of any more.',
					queries: [
						{ expr: 'sum by (tool) (increase(creatorr_job_attempts_lost_total[15m]))', legend: '{{tool}}' },
					],
				},
			],
		},
		{
			title: 'Workers',
			panels: [
				{
					title: 'Slots and jobs under way',
					unit: 'short',
					description: 'By tool: what all workers together run at once, and what they run.',
					queries: [
						{ expr: 'max by (tool) (creatorr_worker_slots)', legend: '{{tool}} slots' },
						{ expr: 'sum by (tool) (creatorr_worker_jobs_running)', legend: '{{tool}} under way' },
					],
				},
				{
					title: 'Workers',
					unit: 'short',
					description: 'That are heard and have the tool.',
					queries: [{ expr: 'max by (tool) (creatorr_workers)', legend: '{{tool}}' }],
				},
				{
					title: 'Processes that stand by',
					unit: 'short',
					description: 'By tool, of all workers.',
					queries: [{ expr: 'sum by (tool) (creatorr_standbys_ready)', legend: '{{tool}}' }],
				},
				{
					title: 'Time of the tools themselves',
					unit: 's',
					description: 'The median, by tool and outcome.',
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
					description: 'Of inputs that were fetched and outputs that were made.',
					queries: [
						{ expr: 'sum(rate(creatorr_tool_input_bytes_total[5m]))', legend: 'in' },
						{ expr: 'sum(rate(creatorr_tool_output_bytes_total[5m]))', legend: 'out' },
					],
				},
				{
					title: 'Scratch space',
					unit: 'bytes',
					description: 'What is free where each worker’s jobs write; without room they fail internal.',
					queries: [{ expr: 'min by (instance) (creatorr_scratch_free_bytes)', legend: '{{instance}}' }],
				},
				{
					title: 'Killed in the sandbox',
					unit: 'short',
					description: 'Commands in 15 minutes, by reason.',
					queries: [
						{ expr: 'sum by (reason) (increase(creatorr_sandbox_kills_total[15m]))', legend: '{{reason}}' },
					],
				},
			],
		},
	],
};
