import { setTimeout as sleep } from 'node:timers/promises';
import { describeFinding, type Ledger } from '../ledger.ts';
import { type Auditor, AuditReport } from './audit-report.ts';
import { auditFiles } from './files.ts';
import { auditJobs } from './jobs.ts';
import { auditMachine } from './machine.ts';
import { auditMessages } from './messages.ts';
import { auditPlans } from './plans.ts';
import { auditDownloads, auditSessions } from './requests.ts';
import { auditWebhooks } from './webhooks.ts';

/** Auditors of state that changes until the product is idle. */
const SETTLING = [auditJobs, auditFiles, auditMessages, auditPlans, auditWebhooks, auditMachine];
/** Auditors that send requests to the idle product. */
const SETTLED = [auditSessions, auditDownloads];
const PAUSE_MS = 1_000;

/** Audits again and again until nothing is found, for `settleMs` at most; then reports what is found, and the violations of the run. */
export async function audit(ledger: Ledger, settleMs: number) {
	const startedAt = Date.now();
	while (true) {
		const report = new AuditReport();
		await runAll(SETTLING, ledger, report);
		const settledAfterMs = Date.now() - startedAt;
		if (report.findings.length === 0 || settledAfterMs >= settleMs) {
			await runAll(SETTLED, ledger, report);
			const findings = [...report.findings, ...ledger.violations].map(describeFinding);
			return { findings, counts: report.counts, settledAfterMs };
		}
		await sleep(PAUSE_MS);
	}
}

/** An auditor that fails is a finding, too. */
async function runAll(auditors: readonly Auditor[], ledger: Ledger, report: AuditReport): Promise<void> {
	for (const auditor of auditors) {
		await auditor(ledger, report).catch((error: unknown) =>
			report.find('audit', `${error instanceof Error ? error.stack : error}`),
		);
	}
}
