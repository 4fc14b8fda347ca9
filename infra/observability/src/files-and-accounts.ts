import type { Dashboard } from './panel.ts';

/** What is kept and removed, who signs in, what Stripe says. */
export const filesAndAccounts: Dashboard = {
	uid: 'creatorr-files-accounts',
	title: 'creatorr: files, accounts, billing',
	rows: [
		{
			title: 'Files',
			panels: [
				{
					title: 'Stored',
					unit: 'bytes',
					description: 'Bytes of files that are kept; counted every 5 minutes.',
					queries: [{ expr: 'max(creatorr_stored_bytes)', legend: 'bytes' }],
				},
				{
					title: 'Coming',
					unit: 'Bps',
					description: 'Uploads of people and outputs of jobs.',
					queries: [{ expr: 'sum by (kind) (rate(creatorr_upload_bytes_total[5m]))', legend: '{{kind}}' }],
				},
				{
					title: 'Due for the sweeper',
					unit: 'short',
					description: 'Files whose time has come; back at 0 within a minute.',
					queries: [{ expr: 'max(creatorr_files_due)', legend: 'due' }],
				},
				{
					title: 'Since each chore was done',
					unit: 's',
					description:
						'By chore: sweep within a minute, purge and stale-uploads within an hour, reconciliation within a day.',
					queries: [
						{ expr: 'max by (chore) (creatorr_chore_last_success_age_seconds)', legend: '{{chore}}' },
					],
				},
				{
					title: 'What chores have done',
					unit: 'short',
					description: 'Things an hour, by chore and kind.',
					queries: [
						{
							expr: 'sum by (chore, kind) (increase(creatorr_chore_things_total[1h])) > 0',
							legend: '{{chore}} {{kind}}',
						},
					],
				},
			],
		},
		{
			title: 'Accounts',
			panels: [
				{
					title: 'Passwords',
					unit: 'reqps',
					description: 'By what came of them. Many wrong or throttled ones are somebody who guesses.',
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
					description: 'Tries in 15 minutes, by outcome, and mails that wait.',
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
					title: 'Events of Stripe',
					unit: 'short',
					description: 'In 15 minutes, by outcome. refused is a wrong signature or a wrong secret of ours.',
					queries: [
						{ expr: 'sum by (outcome) (increase(creatorr_stripe_events_total[15m]))', legend: '{{outcome}}' },
					],
				},
				{
					title: 'Asking Stripe',
					unit: 'short',
					description: 'Customers in 15 minutes, by outcome.',
					queries: [
						{
							expr: 'sum by (outcome) (increase(creatorr_customer_syncs_total[15m]))',
							legend: '{{outcome}}',
						},
					],
				},
				{
					title: 'Oldest event that waits',
					unit: 's',
					description: 'Of customers who have to be asked about at Stripe again.',
					queries: [{ expr: 'max(creatorr_stripe_events_oldest_age_seconds)', legend: 'oldest' }],
				},
			],
		},
	],
};
