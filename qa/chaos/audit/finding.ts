import type { Ledger } from '../ledger.ts';

/** Something that is not as it was promised, once all is still. */
export interface Finding {
	/** Of which kind: lost, stuck, doubled, orphaned, … */
	kind: string;
	what: string;
}

export interface Audited {
	findings: Finding[];
	/** How many of what were looked at. */
	counts: Record<string, number>;
}

/** One part of the audit. */
export type Auditor = (ledger: Ledger) => Promise<Audited>;
