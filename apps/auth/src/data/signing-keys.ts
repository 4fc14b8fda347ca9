import { inTransaction } from '@creatorr/database/transaction';
import type { SecurityEventKind } from '../domain/security-event.ts';
import type {
	DescribedKey,
	NextKey,
	PublicJwk,
	SigningKeyStore,
	StoredSigningKey,
} from '../domain/signing-key.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { insertEvent } from './security-events.ts';

type Tx = Prisma.TransactionClient;

/** Covers replicas that are just signing with the key that they have found, and clocks that differ. */
const MARGIN_SECONDS = 600;

interface KeyRow {
	kid: string;
	public_jwk: PublicJwk;
	private_key_encrypted: Uint8Array<ArrayBuffer>;
}

/** Of replicas and commands that would make a key at the same time one does, and the others see it. */
async function lockKeys(tx: Tx): Promise<void> {
	await tx.$executeRaw`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`;
}

/** The key that signs now by the database's clock, which all replicas have in common. */
async function findSigning(prisma: Tx): Promise<StoredSigningKey | null> {
	const [row] = await prisma.$queryRaw<KeyRow[]>`
		SELECT kid, public_jwk, private_key_encrypted FROM signing_keys
		WHERE signs_from <= clock_timestamp() AND (expires_at IS NULL OR expires_at > clock_timestamp())
		ORDER BY signs_from DESC, kid LIMIT 1`;
	if (!row) return null;
	const { kid, public_jwk, private_key_encrypted } = row;
	return { kid, publicJwk: public_jwk, privateKeyEncrypted: private_key_encrypted };
}

async function insertKey(
	tx: Tx,
	{ kid, publicJwk, privateKeyEncrypted }: StoredSigningKey,
	signsInSeconds: number,
) {
	await tx.$executeRaw`
		INSERT INTO signing_keys (kid, public_jwk, private_key_encrypted, signs_from)
		VALUES (${kid}, ${JSON.stringify(publicJwk)}::jsonb, ${privateKeyEncrypted},
			date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => ${signsInSeconds}::float8))`;
}

/** Puts a key after the last one, which expires when every token that it can still sign has. */
async function insertNext(tx: Tx, { make, signsInSeconds, tokenTtlSeconds }: NextKey): Promise<string> {
	const lastSeconds = signsInSeconds + tokenTtlSeconds + MARGIN_SECONDS;
	await tx.$executeRaw`
		UPDATE signing_keys SET expires_at = greatest(
			clock_timestamp() + make_interval(secs => ${lastSeconds}::float8),
			(SELECT max(expires_at) FROM sessions) + make_interval(secs => ${MARGIN_SECONDS}::float8)
		) WHERE expires_at IS NULL`;
	const key = make();
	await insertKey(tx, key, signsInSeconds);
	return key.kid;
}

async function tell(tx: Tx, kind: SecurityEventKind): Promise<void> {
	await insertEvent(tx, { kind, userId: null, sessionId: null, client: null });
}

async function retire(tx: Tx, kid: string, next: NextKey): Promise<boolean> {
	const wasSigning = (await findSigning(tx))?.kid === kid;
	const [retired] = await tx.$queryRaw<{ was_last: boolean }[]>`
		WITH before AS (SELECT kid, expires_at FROM signing_keys WHERE kid = ${kid})
		UPDATE signing_keys AS key SET expires_at = clock_timestamp() FROM before
		WHERE key.kid = before.kid AND (key.expires_at IS NULL OR key.expires_at > clock_timestamp())
		RETURNING before.expires_at IS NULL AS was_last`;
	if (!retired) return false;
	await tell(tx, 'signing_key_retired');
	if (retired.was_last) {
		await insertNext(tx, { ...next, signsInSeconds: wasSigning ? 0 : next.signsInSeconds });
	} else if (wasSigning) {
		// The next one is published already and only begins sooner: one from before must not sign again, it ends too soon.
		await tx.$executeRaw`
			UPDATE signing_keys SET signs_from = date_trunc('milliseconds', clock_timestamp()) WHERE expires_at IS NULL`;
	}
	return true;
}

export function createSigningKeyStore(prisma: PrismaClient): SigningKeyStore {
	const unexpired = () => ({ OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] });
	return {
		async loadOrInsert(make) {
			const signing = await findSigning(prisma);
			if (signing) return signing;
			return await inTransaction(prisma, async (tx) => {
				await lockKeys(tx);
				const made = await findSigning(tx);
				if (made) return made;
				const key = make();
				await insertKey(tx, key, 0);
				return key;
			});
		},
		async listPublic() {
			const rows = await prisma.signingKey.findMany({
				where: unexpired(),
				orderBy: { createdAt: 'desc' },
				select: { publicJwk: true },
			});
			return rows.map(({ publicJwk }) => publicJwk as PublicJwk);
		},
		describe: () =>
			prisma.$queryRaw<DescribedKey[]>`
				SELECT kid, created_at AS "createdAt", signs_from AS "signsFrom", expires_at AS "expiresAt"
				FROM signing_keys ORDER BY signs_from DESC`,
		rotate: (next, olderThanSeconds = 0) =>
			inTransaction(prisma, async (tx) => {
				await lockKeys(tx);
				const old = await tx.$queryRaw<unknown[]>`
					SELECT 1 FROM signing_keys WHERE expires_at IS NULL
						AND signs_from <= clock_timestamp() - make_interval(secs => ${olderThanSeconds}::float8)`;
				if (olderThanSeconds > 0 && old.length === 0) return null;
				const kid = await insertNext(tx, next);
				await tell(tx, 'signing_key_rotated');
				return kid;
			}),
		retire: (kid, next) =>
			inTransaction(prisma, async (tx) => {
				await lockKeys(tx);
				return await retire(tx, kid, next);
			}),
	};
}
