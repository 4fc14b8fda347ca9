import type { Plan } from '@creatorr/contracts/plans';

/** How an operator names an account. */
export type AccountKey = { id: string } | { email: string };

/** What an operator sees of an account; nothing in it lets anybody in. */
export interface AccountReport {
	id: string;
	email: string;
	name: string | null;
	plan: Plan;
	email_verified_at: Date | null;
	created_at: Date;
	suspended_at: Date | null;
	mails_waiting: number;
	/** Those that are alive, the newest of them. */
	sessions: {
		id: string;
		created_at: Date;
		last_seen_at: Date;
		client_address: string;
		user_agent: string | null;
	}[];
	/** The last ones. */
	security_events: {
		occurred_at: Date;
		kind: string;
		client_address: string | null;
		request_id: string | null;
		operator: string | null;
		reason: string | null;
	}[];
}
