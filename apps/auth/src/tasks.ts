import { defineTask } from '@creatorr/service/task';
import * as housekeeping from './data/housekeeping.ts';
import { MAIL_CHANNEL } from './data/mails.ts';
import { type RotateKeysDeps, rotateOldKey } from './domain/rotate-keys.ts';
import { type SendMailsDeps, sendMails } from './domain/send-mails.ts';
import { type SettleDeps, settleRevocations } from './domain/settle-revocations.ts';

type Database = Parameters<typeof housekeeping.pruneSessions>[0];

const RECOVERY_INTERVAL_MS = 5_000;
const PRUNE_INTERVAL_MS = 60_000;

const sendMailsTask = defineTask<SendMailsDeps>({
	name: 'send_mails',
	// Finds mails that are due again, and what a lost notification left behind.
	everyMs: RECOVERY_INTERVAL_MS,
	on: [MAIL_CHANNEL],
	async run(deps, stopping) {
		while (!stopping.aborted && (await sendMails(deps)) > 0);
	},
});

/** Settles what a killed process or a lost database left unsettled: its requests have had no answer. */
const settleRevocationsTask = defineTask<SettleDeps & { prisma: Database }>({
	name: 'settle_revocations',
	everyMs: RECOVERY_INTERVAL_MS,
	run: async (deps) => settleRevocations(deps, await housekeeping.listUnsettled(deps.prisma)),
});

const publishMissedVerifications = defineTask<{ prisma: Database }>({
	name: 'publish_missed_verifications',
	everyMs: RECOVERY_INTERVAL_MS,
	async run({ prisma }, stopping) {
		while (!stopping.aborted && (await housekeeping.publishMissedVerifications(prisma)) > 0);
	},
});

const rotateSigningKey = defineTask<RotateKeysDeps>({
	name: 'rotate_signing_key',
	everyMs: PRUNE_INTERVAL_MS,
	run: rotateOldKey,
});

const prune = <Deps extends { prisma: Database }>(
	what: string,
	run: (prisma: Database, deps: Deps) => Promise<unknown>,
) =>
	defineTask<Deps>({
		name: `prune_${what}`,
		everyMs: PRUNE_INTERVAL_MS,
		run: (deps) => run(deps.prisma, deps),
	});

/** What has to be done now and then, by whichever replica comes to it. */
export const tasks = [
	sendMailsTask,
	settleRevocationsTask,
	publishMissedVerifications,
	rotateSigningKey,
	prune('login_failures', housekeeping.pruneFailures),
	prune('sessions', housekeeping.pruneSessions),
	prune('known_networks', housekeeping.pruneKnownNetworks),
	prune('gateway_leases', housekeeping.pruneLeases),
	prune('mailed_tokens', housekeeping.pruneMailedTokens),
	prune('mail_allowances', housekeeping.pruneMailAllowances),
	prune('signing_keys', housekeeping.pruneSigningKeys),
	prune(
		'security_events',
		(prisma, { securityEventsDays }: { prisma: Database; securityEventsDays: number }) =>
			housekeeping.pruneSecurityEvents(prisma, securityEventsDays),
	),
];
