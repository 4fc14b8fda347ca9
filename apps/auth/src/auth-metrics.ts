import { counter, gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import { readWaitingMails, type WaitingMails } from './data/read-waiting-mails.ts';
import { MAIL_KINDS } from './domain/mailed-token.ts';

const passwordChecks = counter({
	name: 'creatorr_password_checks_total',
	help: 'Passwords that were given, by kind (sign-in, session: of somebody who is signed in) and outcome: right, wrong, throttled',
	labels: ['kind', 'outcome'],
});

const registrations = counter({
	name: 'creatorr_registrations_total',
	help: 'Attempts to create an account, by outcome: created, email taken, throttled',
	labels: ['outcome'],
});

const REGISTRATION_OUTCOMES = ['created', 'email taken', 'throttled'] as const;
for (const outcome of REGISTRATION_OUTCOMES) registrations.inc({ outcome }, 0);

const mails = counter({
	name: 'creatorr_mails_total',
	help: 'Attempts to send mails, by kind and outcome: sent, failed (tried again), given up, dropped (nobody to write to)',
	labels: ['kind', 'outcome'],
});

const MAIL_OUTCOMES = ['sent', 'failed', 'given up', 'dropped'] as const;
// Prometheus sees no increase in a series that begins with 1, so all begin with 0
for (const kind of MAIL_KINDS) for (const outcome of MAIL_OUTCOMES) mails.inc({ kind, outcome }, 0);

const waiting = gauge({
	name: 'creatorr_mails_waiting',
	help: 'Mails that have not been sent yet; the same for all replicas',
});

const oldestAge = gauge({
	name: 'creatorr_mails_oldest_overdue_seconds',
	help: 'For how long the mail that waits longest should have been sent, failed tries included; the same for all replicas',
});

export function countPasswordCheck(check: {
	kind: 'sign-in' | 'session';
	outcome: 'right' | 'wrong' | 'throttled';
}): void {
	passwordChecks.inc(check);
}

export function countRegistration(outcome: (typeof REGISTRATION_OUTCOMES)[number]): void {
	registrations.inc({ outcome });
}

export function countMail(kind: string, outcome: (typeof MAIL_OUTCOMES)[number]): void {
	mails.inc({ kind, outcome });
}

type Database = Parameters<typeof readWaitingMails>[0];

export const waitingMailMetrics = defineMetrics<{ prisma: Database }, WaitingMails>({
	name: 'mails',
	gauges: [waiting, oldestAge],
	read: ({ prisma }) => readWaitingMails(prisma),
	show(mailsNow) {
		waiting.set(mailsNow.waiting);
		oldestAge.set(mailsNow.oldestOverdueSeconds);
	},
});
