import type { Finding, Ledger } from '../ledger.ts';

export type Auditor = (ledger: Ledger, report: AuditReport) => Promise<void>;

export class AuditReport {
	readonly findings: Finding[] = [];
	/** How many things of each kind were checked. */
	readonly counts: Record<string, number> = {};

	find(kind: string, what: string): void {
		this.findings.push({ kind, what });
	}
}
