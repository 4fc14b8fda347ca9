import type { Dashboard } from './panel.ts';

/** The first look: do people get answers, do jobs get done, does anything pile up. */
export const overview: Dashboard = {
	uid: 'creatorr-overview',
	title: 'creatorr: overview',
	rows: [
		{
			title: 'Requests at the gateway',
			panels: [
				{
					title: 'Requests by status',
					unit: 'reqps',
					description: '0 is a client that left before its answer.',
					queries: [
						{
							expr: 'sum by (status) (rate(creatorr_http_request_duration_seconds_count{job="gateway"}[5m]))',
							legend: '{{status}}',
						},
					],
				},
				{
					title: 'Share of failures of ours',
					unit: 'percentunit',
					description: '5xx of all answers. A service that restarts shows for a moment.',
					queries: [
						{
							expr: 'sum(rate(creatorr_http_request_duration_seconds_count{job="gateway",status=~"5.."}[5m])) / sum(rate(creatorr_http_request_duration_seconds_count{job="gateway"}[5m]))',
							legend: '5xx',
						},
					],
				},
				{
					title: 'Time of the slowest twentieth',
					unit: 's',
					description: 'Without those that wait for a job on purpose: getJob with wait, streamJob.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le, operation) (rate(creatorr_http_request_duration_seconds_bucket{job="gateway",operation!~"getJob|streamJob"}[5m])))',
							legend: '{{operation}}',
						},
					],
				},
				{
					title: 'Open at the gateways',
					unit: 'short',
					description: 'Connections, and requests of signed-in users, waits and streams included.',
					queries: [
						{ expr: 'sum(creatorr_gateway_connections)', legend: 'connections' },
						{ expr: 'sum(creatorr_gateway_requests_in_flight)', legend: 'requests' },
					],
				},
				{
					title: 'Services that did not answer',
					unit: 'reqps',
					description: 'What gateways had to answer themselves, by service.',
					queries: [
						{
							expr: 'sum by (service) (rate(creatorr_gateway_upstream_failures_total[5m]))',
							legend: '{{service}}',
						},
					],
				},
				{
					title: 'Lease of each gateway',
					unit: 's',
					description: 'At 0 a gateway asks auth at every request.',
					queries: [{ expr: 'creatorr_gateway_lease_left_seconds', legend: '{{instance}}' }],
				},
			],
		},
		{
			title: 'Jobs',
			panels: [
				{
					title: 'Waiting and running',
					unit: 'short',
					description: 'By tool. All replicas of jobs say the same.',
					queries: [
						{ expr: 'max by (tool) (creatorr_jobs_queued)', legend: '{{tool}} queued' },
						{ expr: 'max by (tool) (creatorr_jobs_running)', legend: '{{tool}} running' },
					],
				},
				{
					title: 'Ended',
					unit: 'short',
					description: 'Jobs a minute by outcome.',
					queries: [
						{
							expr: '60 * sum by (outcome) (rate(creatorr_jobs_ended_total[5m]))',
							legend: '{{outcome}}',
						},
					],
				},
				{
					title: 'Oldest queued job',
					unit: 's',
					description: 'How long somebody has waited by now.',
					queries: [{ expr: 'max by (tool) (creatorr_jobs_oldest_queued_seconds)', legend: '{{tool}}' }],
				},
			],
		},
		{
			title: 'What piles up',
			panels: [
				{
					title: 'Messages at the broker',
					unit: 'short',
					description: 'By queue. dead-letters is normally 0.',
					queries: [{ expr: 'max by (queue) (creatorr_queue_messages) > 0', legend: '{{queue}}' }],
				},
				{
					title: 'Outboxes',
					unit: 's',
					description: 'How long the oldest event has waited for the broker, by service.',
					queries: [{ expr: 'max by (job) (creatorr_outbox_oldest_age_seconds)', legend: '{{job}}' }],
				},
				{
					title: 'Connections to the broker that were lost',
					unit: 'short',
					description: 'In 5 minutes, by service.',
					queries: [
						{ expr: 'sum by (job) (increase(creatorr_broker_disconnects_total[5m]))', legend: '{{job}}' },
					],
				},
			],
		},
	],
};
