import type { Dashboard } from './panel.ts';

/** Stored and deleted files, password checks, mails, and Stripe. */
export const filesAndAccounts: Dashboard = {
	uid: 'creatorr-files-accounts',
	title: 'creatorr: files, accounts, billing',
	rows: [
		{
			title: 'Files',
			panels: [
				{
					title: 'Stored bytes',
					unit: 'bytes',
					description: 'Size of stored files. Counted every 5 minutes.',
					queries: [{ expr: 'max(creatorr_stored_bytes)', legend: 'bytes' }],
				},
				{
					title: 'Incoming bytes',
					unit: 'Bps',
					description: 'Uploads by users and outputs of jobs.',
					queries: [{ expr: 'sum by (kind) (rate(creatorr_upload_bytes_total[5m]))', legend: '{{kind}}' }],
				},
				{
					title: 'Files to delete',
					unit: 'short',
					description: 'Files due for deletion. Normally back at 0 within a minute.',
					queries: [{ expr: 'max(creatorr_files_due)', legend: 'due' }],
				},
				{
					title: 'Time since each task succeeded',
					unit: 's',
					description:
						'By task. Normally sweep within a minute, purge and stale-uploads within an hour, reconciliation within a day.',
					queries: [{ expr: 'max by (task) (creatorr_task_last_success_age_seconds)', legend: '{{task}}' }],
				},
				{
					title: 'Items processed by tasks',
					unit: 'short',
					description: 'Items per hour, by task and kind.',
					queries: [
						{
							expr: 'sum by (task, kind) (increase(creatorr_task_items_total[1h])) > 0',
							legend: '{{task}} {{kind}}',
						},
					],
				},
			],
		},
		{
			title: 'Accounts',
			panels: [
				{
					title: 'Password checks',
					unit: 'reqps',
					description:
						'By kind and outcome. Many wrong or throttled ones mean that somebody guesses passwords.',
					queries: [
						{
							expr: 'sum by (kind, outcome) (rate(creatorr_password_checks_total[5m]))',
							legend: '{{kind}} {{outcome}}',
						},
					],
				},
				{
					title: 'Mails',
					unit: 'short',
					description: 'Attempts in 15 minutes by outcome, and mails waiting.',
					queries: [
						{ expr: 'sum by (outcome) (increase(creatorr_mails_total[15m]))', legend: '{{outcome}}' },
						{ expr: 'max(creatorr_mails_waiting)', legend: 'waiting' },
					],
				},
			],
		},
		{
			title: 'Billing',
			panels: [
				{
					title: 'Stripe events',
					unit: 'short',
					description:
						'In 15 minutes, by outcome. "refused" means a wrong signature or a wrong STRIPE_WEBHOOK_SECRET.',
					queries: [
						{ expr: 'sum by (outcome) (increase(creatorr_stripe_events_total[15m]))', legend: '{{outcome}}' },
					],
				},
				{
					title: 'Stripe syncs',
					unit: 'short',
					description: 'Customers synced in 15 minutes, by outcome.',
					queries: [
						{
							expr: 'sum by (outcome) (increase(creatorr_customer_syncs_total[15m]))',
							legend: '{{outcome}}',
						},
					],
				},
				{
					title: 'Oldest unprocessed event',
					unit: 's',
					description: 'Age of the oldest event whose customer is not synced yet.',
					queries: [{ expr: 'max(creatorr_stripe_events_oldest_age_seconds)', legend: 'oldest' }],
				},
			],
		},
	],
};
