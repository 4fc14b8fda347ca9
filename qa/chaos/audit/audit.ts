import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';
import { auditDownloads } from './downloads.ts';
import { auditFiles } from './files.ts';
import type { Audited, Auditor, Finding } from './finding.ts';
import { auditJobs } from './jobs.ts';
import { auditMachine } from './machine.ts';
import { auditMessages } from './messages.ts';
import { auditPlans } from './plans.ts';
import { auditSessions } from './sessions.ts';

/** What changes by itself until all is still. */
const SETTLING: readonly Auditor[] = [auditJobs, auditFiles, auditMessages, auditPlans, auditMachine];
/** What asks the product itself, once it is still. */
const AT_LAST: readonly Auditor[] = [auditSessions, auditDownloads];
const LOOK_EVERY_MS = 1_000;

/** Waits until all is as it was promised, for so long at most; what is not as promised then is what is found. */
export async function audit(ledger: Ledger, settleMs: number): Promise<Audited & { settledAfterMs: number }> {
	const startedAt = Date.now();
	for (;;) {
		const settled = await runAll(SETTLING, ledger);
		const tookMs = Date.now() - startedAt;
		if (settled.findings.length > 0 && tookMs < settleMs) {
			await sleep(LOOK_EVERY_MS);
			continue;
		}
		const last = await runAll(AT_LAST, ledger);
		return {
			findings: [...settled.findings, ...last.findings],
			counts: { ...settled.counts, ...last.counts },
			settledAfterMs: tookMs,
		};
	}
}

/** An auditor that cannot look has found something, too. */
async function runAll(auditors: readonly Auditor[], ledger: Ledger): Promise<Audited> {
	const findings: Finding[] = [];
	const counts: Record<string, number> = {};
	for (const auditor of auditors) {
		try {
			const audited = await auditor(ledger);
			findings.push(...audited.findings);
			Object.assign(counts, audited.counts);
		} catch (error) {
			findings.push({ kind: 'audit', what: `${error instanceof Error ? error.stack : error}` });
		}
	}
	return { findings, counts };
}
