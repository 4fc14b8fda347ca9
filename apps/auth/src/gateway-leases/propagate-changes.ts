import { setTimeout as sleep } from 'node:timers/promises';
import { PLACEHOLDER_SESSION_ID, pushCredentialChanges } from '@creatorr/contracts/internal/gateway';
import type { SignIdentity } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import { defineTask } from '@creatorr/service/task';
import type { Database } from '../database.sql.ts';
import {
	type CredentialChanges,
	deletePropagatedChanges,
	fenceLease,
	type Lease,
	listLeases,
	listPendingChanges,
} from './gateway-leases.sql.ts';

/** Keeps a push far below the body limit. */
const IDS_PER_PUSH = 5_000;
/**
 * Long enough for a gateway on a busy machine. A slower gateway is fenced. A sign-out takes at most two of these timeouts and the rest of a
 * lease, 20 s together: less than the 29 s after which a gateway gives up on auth.
 */
const PUSH_TIMEOUT_MS = 2_500;
const RECOVERY_INTERVAL_MS = 5_000;

export interface PropagateDeps {
	/**
	 * Resolves when no gateway accepts requests of these sessions and revoked keys, and none uses an earlier state of the changed keys.
	 * Call it after the commit.
	 */
	propagate(changes: CredentialChanges): Promise<void>;
}

interface PropagatorDeps {
	prisma: Database;
	/** Signs calls as auth. */
	sign: SignIdentity;
	/** Called when a gateway has not acknowledged, before the wait until its lease has expired. */
	onFenced(instanceId: string, error: unknown): void;
}

/** Returns the bodies of the pushes, each with a limited number of ids. */
function bodiesOf(instanceId: string, { sessionIds, keyChanges }: CredentialChanges) {
	const bodies = [];
	for (let at = 0; at < Math.max(sessionIds.length, keyChanges.length); at += IDS_PER_PUSH) {
		const sessions = sessionIds.slice(at, at + IDS_PER_PUSH);
		const { revoked = [], changed = [] } = Object.groupBy(
			keyChanges.slice(at, at + IDS_PER_PUSH),
			({ isRevoked }) => (isRevoked ? 'revoked' : 'changed'),
		);
		bodies.push({
			instance_id: instanceId,
			session_ids: sessions.length > 0 ? sessions : [PLACEHOLDER_SESSION_ID],
			...(revoked.length > 0 && { revoked_keys: revoked.map(({ keyHash }) => keyHash) }),
			...(changed.length > 0 && { changed_keys: changed.map(({ keyHash }) => keyHash) }),
		});
	}
	return bodies;
}

/**
 * Resolves when the gateway instance, at its lease's callback URL, knows the changes: it accepts no revoked session or key, and no earlier
 * state of a changed key.
 */
async function push({ sign }: PropagatorDeps, lease: Lease, changes: CredentialChanges): Promise<void> {
	const call = createInternalClient({
		name: 'gateway',
		baseUrl: lease.callbackUrl.replace(/\/+$/, ''),
		sign,
		timeoutMs: PUSH_TIMEOUT_MS,
	});
	for (const body of bodiesOf(lease.id, changes)) {
		// Retries, because the first call may have used a keep-alive connection that the gateway was closing.
		await call(pushCredentialChanges, { body }).catch(() => call(pushCredentialChanges, { body }));
	}
}

/**
 * Resolves when this gateway knows the changes, or holds no cache that lacks them: it has acknowledged, or its cache has expired. Another
 * instance that responds at the same address (`not_found`) proves nothing about this one, which may be draining or share the address. So the
 * function waits for its lease, too.
 */
async function propagateTo(deps: PropagatorDeps, lease: Lease, changes: CredentialChanges): Promise<void> {
	if (!lease.isFenced) {
		try {
			return await push(deps, lease, changes);
		} catch (error) {
			deps.onFenced(lease.id, error);
		}
	}
	const remainingMs = await fenceLease(deps.prisma, lease.id);
	if (remainingMs > 0) await sleep(remainingMs);
}

/**
 * Returns a function that propagates changes within two push timeouts and the rest of a lease. Afterwards every gateway knows the changes.
 * Why: every instance that may use a cache has an unfenced lease, or a fenced lease that has not expired. An instance with an
 * unfenced lease acknowledges, or it is fenced in the database. A renewal at the same time either comes before the fence, which then sees the
 * new end, or is refused. The function waits for the end of every fenced lease. An instance that gets its first lease after the leases were
 * read starts with an empty cache, and its checks see the revocation.
 */
export function createChangePropagator(deps: PropagatorDeps): PropagateDeps['propagate'] {
	return async (changes) => {
		const leases = await listLeases(deps.prisma);
		await Promise.all(leases.map((lease) => propagateTo(deps, lease, changes)));
		await deletePropagatedChanges(deps.prisma, changes);
	};
}

/**
 * Resolves when no gateway accepts any of these sessions, or an earlier state of these keys. If it rejects, the client gets 503, and
 * {@link propagateMissedChanges} propagates the changes later.
 */
export async function propagateChanges(
	deps: PropagateDeps,
	{ sessionIds = [], keyChanges = [] }: Partial<CredentialChanges>,
): Promise<void> {
	if (sessionIds.length + keyChanges.length > 0) await deps.propagate({ sessionIds, keyChanges });
}

/**
 * Propagates changes that are still pending because their process was killed or lost the database. No request has reported them as done.
 * When the process stops, another one propagates the rest, because a gateway's lease may outlast the shutdown.
 */
export const propagateMissedChanges = defineTask<PropagateDeps & { prisma: Database }>({
	name: 'propagate_missed_changes',
	everyMs: RECOVERY_INTERVAL_MS,
	async run(deps, stopping) {
		const changes = await listPendingChanges(deps.prisma);
		await unlessAborted(propagateChanges(deps, changes), stopping);
	},
});

/** Resolves when the work is done or the signal aborts. The work continues after an abort. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
	const { promise: aborted, resolve } = Promise.withResolvers<void>();
	const onAbort = () => resolve();
	if (signal.aborted) onAbort();
	else signal.addEventListener('abort', onAbort);
	try {
		await Promise.race([work, aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
