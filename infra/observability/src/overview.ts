import type { Dashboard } from './panel.ts';

/** Whether requests and jobs succeed, and what piles up. Look here first. */
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
					description: '0 means that the client disconnected before the response.',
					queries: [
						{
							expr: 'sum by (status) (rate(creatorr_http_request_duration_seconds_count{job="gateway"}[5m]))',
							legend: '{{status}}',
						},
					],
				},
				{
					title: 'Share of 5xx responses',
					unit: 'percentunit',
					description: 'A restarting service causes a short peak.',
					queries: [
						{
							expr: 'sum(rate(creatorr_http_request_duration_seconds_count{job="gateway",status=~"5.."}[5m])) / sum(rate(creatorr_http_request_duration_seconds_count{job="gateway"}[5m]))',
							legend: '5xx',
						},
					],
				},
				{
					title: 'Latency (p95)',
					unit: 's',
					description: 'Without operations that wait for jobs: getJob, streamJob.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le, operation) (rate(creatorr_http_request_duration_seconds_bucket{job="gateway",operation!~"getJob|streamJob"}[5m])))',
							legend: '{{operation}}',
						},
					],
				},
				{
					title: 'Open connections and requests',
					unit: 'short',
					description: 'Connections, and authenticated requests, including long polls and event streams.',
					queries: [
						{ expr: 'sum(creatorr_gateway_connections)', legend: 'connections' },
						{ expr: 'sum(creatorr_gateway_requests_in_flight)', legend: 'requests' },
					],
				},
				{
					title: 'Upstream failures',
					unit: 'reqps',
					description: 'Requests that a gateway answered because the service failed, by service.',
					queries: [
						{
							expr: 'sum by (service) (rate(creatorr_gateway_upstream_failures_total[5m]))',
							legend: '{{service}}',
						},
					],
				},
				{
					title: 'Requests refused by a limit',
					unit: 'reqps',
					description:
						'Limits of the plan start with plan_. degraded: the gateway used its local share of a rate limit, because its call to auth failed.',
					queries: [
						{
							expr: 'sum by (limit) (rate(creatorr_gateway_requests_limited_total[5m]))',
							legend: '{{limit}}',
						},
						{ expr: 'sum(rate(creatorr_gateway_rate_limit_fallbacks_total[5m]))', legend: 'degraded' },
					],
				},
				{
					title: 'Delayed requests',
					unit: 'reqps',
					description:
						'Requests that wait because their network caused too many, by pacer. heavy-clients.md has the meaning of each.',
					queries: [
						{
							expr: 'sum by (pacer) (rate(creatorr_gateway_requests_paced_total[5m]))',
							legend: '{{pacer}}',
						},
					],
				},
				{
					title: 'Closed connections',
					unit: 'short',
					description:
						'Per minute. evicted: replaced by new ones, by reason. rate limited: a network opened too many. dropped: all were in use. 503: unauthenticated requests refused, because all connections were in use.',
					queries: [
						{
							expr: '60 * sum by (reason) (rate(creatorr_gateway_connections_evicted_total[5m]))',
							legend: 'evicted {{reason}}',
						},
						{
							expr: '60 * sum(rate(creatorr_gateway_connections_rate_limited_total[5m]))',
							legend: 'rate limited',
						},
						{ expr: '60 * sum(rate(creatorr_gateway_connections_dropped_total[5m]))', legend: 'dropped' },
						{ expr: '60 * sum(rate(creatorr_gateway_requests_shed_total[5m]))', legend: '503' },
					],
				},
				{
					title: 'Lease of each gateway',
					unit: 's',
					description: 'Remaining time. At 0, the gateway rejects authenticated requests.',
					queries: [{ expr: 'creatorr_gateway_lease_left_seconds', legend: '{{instance}}' }],
				},
			],
		},
		{
			title: 'Jobs',
			panels: [
				{
					title: 'Queued and running jobs',
					unit: 'short',
					description: 'By tool.',
					queries: [
						{ expr: 'max by (tool) (creatorr_jobs_queued)', legend: '{{tool}} queued' },
						{ expr: 'max by (tool) (creatorr_jobs_running)', legend: '{{tool}} running' },
					],
				},
				{
					title: 'Ended jobs',
					unit: 'short',
					description: 'Jobs per minute, by outcome.',
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
					description: 'Time since its creation.',
					queries: [{ expr: 'max by (tool) (creatorr_jobs_oldest_queued_seconds)', legend: '{{tool}}' }],
				},
			],
		},
		{
			title: 'Backlogs',
			panels: [
				{
					title: 'Messages in RabbitMQ',
					unit: 'short',
					description: 'By queue. dead-letters is normally 0.',
					queries: [{ expr: 'max by (queue) (creatorr_queue_messages) > 0', legend: '{{queue}}' }],
				},
				{
					title: 'Outboxes',
					unit: 's',
					description: 'Age of the oldest event not published yet, by service.',
					queries: [{ expr: 'max by (job) (creatorr_outbox_oldest_age_seconds)', legend: '{{job}}' }],
				},
				{
					title: 'Lost RabbitMQ connections',
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
