import type { Dashboard } from './panel.ts';

/** Whether events reach the endpoints of users, and how soon. */
export const webhooks: Dashboard = {
	uid: 'creatorr-webhooks',
	title: 'creatorr: webhooks',
	rows: [
		{
			title: 'Deliveries',
			panels: [
				{
					title: 'Delay of first attempts',
					unit: 's',
					description: 'From the record of an event to the first attempt to deliver it.',
					queries: [0.5, 0.99].map((quantile) => ({
						expr: `histogram_quantile(${quantile}, sum by (le) (rate(creatorr_webhook_delay_seconds_bucket[5m])))`,
						legend: `p${100 * quantile}`,
					})),
				},
				{
					title: 'Success rate',
					unit: 'percentunit',
					description:
						'Share of attempts that got 2xx. Endpoints of users fail at any time; a sudden drop is ours.',
					queries: [
						{
							expr: 'sum(rate(creatorr_webhook_attempts_total{outcome="succeeded"}[15m])) / sum(rate(creatorr_webhook_attempts_total[15m]))',
							legend: 'succeeded',
						},
					],
				},
				{
					title: 'Attempts by outcome',
					unit: 'reqps',
					description: '"refused" is another status than 2xx; the others are reasons for no response.',
					queries: [
						{
							expr: 'sum by (outcome) (rate(creatorr_webhook_attempts_total[5m]))',
							legend: '{{outcome}}',
						},
					],
				},
				{
					title: 'Due deliveries',
					unit: 'short',
					description: 'Deliveries that could be sent now. Normally near 0.',
					queries: [{ expr: 'max(creatorr_webhook_deliveries_due)', legend: 'due' }],
				},
				{
					title: 'Oldest due delivery',
					unit: 's',
					description: 'How long it has been due. Normally less than a second.',
					queries: [{ expr: 'max(creatorr_webhook_oldest_due_age_seconds)', legend: 'oldest' }],
				},
				{
					title: 'Attempts in flight',
					unit: 'short',
					description: 'By process; the limit is WEBHOOK_CONCURRENT_ATTEMPTS.',
					queries: [{ expr: 'creatorr_webhook_attempts_in_flight', legend: '{{instance}}' }],
				},
				{
					title: 'Duration of attempts (p95)',
					unit: 's',
					description: 'Mostly the time that endpoints take to respond.',
					queries: [
						{
							expr: 'histogram_quantile(0.95, sum by (le) (rate(creatorr_webhook_attempt_duration_seconds_bucket[5m])))',
							legend: 'p95',
						},
					],
				},
			],
		},
		{
			title: 'Events and endpoints',
			panels: [
				{
					title: 'Events',
					unit: 'reqps',
					description: 'Recorded events, by type.',
					queries: [{ expr: 'sum by (type) (rate(creatorr_webhook_events_total[5m]))', legend: '{{type}}' }],
				},
				{
					title: 'Given up and disabled',
					unit: 'short',
					description: 'In an hour: deliveries whose last retry failed, and endpoints disabled, by reason.',
					queries: [
						{
							expr: 'sum(increase(creatorr_webhook_deliveries_failed_total[1h]))',
							legend: 'failed deliveries',
						},
						{
							expr: 'sum by (reason) (increase(creatorr_webhook_endpoints_disabled_total[1h]))',
							legend: 'disabled: {{reason}}',
						},
					],
				},
			],
		},
	],
};
