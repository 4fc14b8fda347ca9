import { MAX_KEY_USES } from '@creatorr/contracts/internal/auth';
import { defineTask } from '@creatorr/service/task';

const MINUTE_MS = 60_000;

interface Use {
	/** Start of the minute, in Unix milliseconds. */
	minuteMs: number;
	ip: string;
}

/** One use as auth records it. */
export interface ReportedUse {
	key_id: string;
	used_at: string;
	ip: string;
}

/** Remembers when and from where API keys were last used, to the minute, until auth has recorded it. */
export interface ApiKeyUse {
	/** Records a use now, without a call. */
	record(keyId: string, ip: string): void;
	/** Reports the uses since the last report. Rejects if auth doesn't accept them, and then keeps them for the next report. */
	report(): Promise<void>;
}

interface Deps {
	/** Sends at most {@link MAX_KEY_USES}. */
	send(uses: ReportedUse[]): Promise<void>;
	/** Limit of keys between two reports. Uses of further keys aren't recorded. */
	capacity: number;
}

export function createApiKeyUse({ send, capacity }: Deps): ApiKeyUse {
	let unreported = new Map<string, Use>();

	function restore(unsent: Iterable<[string, Use]>): void {
		for (const [keyId, use] of unsent) {
			if (!unreported.has(keyId) && unreported.size < capacity) unreported.set(keyId, use);
		}
	}

	return {
		record(keyId, ip) {
			const minuteMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
			const last = unreported.get(keyId);
			if (last?.minuteMs === minuteMs && last.ip === ip) return;
			if (!last && unreported.size >= capacity) return;
			unreported.set(keyId, { minuteMs, ip });
		},
		async report() {
			const uses = [...unreported];
			unreported = new Map();
			for (let at = 0; at < uses.length; at += MAX_KEY_USES) {
				const batch = uses.slice(at, at + MAX_KEY_USES).map(([key_id, { minuteMs, ip }]) => ({
					key_id,
					ip,
					used_at: new Date(minuteMs).toISOString(),
				}));
				try {
					await send(batch);
				} catch (error) {
					restore(uses.slice(at));
					throw error;
				}
			}
		},
	};
}

/** Keeps the writes off the path of requests: one statement a minute for up to a thousand keys. Stops last, after the last request. */
export const reportKeyUse = defineTask<{ apiKeyUse: ApiKeyUse }>({
	name: 'report_api_key_use',
	everyMs: MINUTE_MS,
	stopsLast: true,
	runsAtStop: true,
	run: ({ apiKeyUse }) => apiKeyUse.report(),
});
