import { inTransaction } from '@creatorr/database/transaction';
import type { PublicJwk, SigningKeyStore } from '../domain/signing-key.ts';
import type { PrismaClient, SigningKey } from '../generated/client.ts';

function publicJwkOf({ publicJwk }: Pick<SigningKey, 'publicJwk'>): PublicJwk {
	return publicJwk as PublicJwk;
}

function unexpired() {
	return { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] };
}

export function createSigningKeyStore(prisma: PrismaClient): SigningKeyStore {
	return {
		loadOrInsert: (make) =>
			inTransaction(prisma, async (tx) => {
				// Of replicas that boot at the same time one makes the key and the others wait for it.
				await tx.$executeRaw`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`;
				const newest = await tx.signingKey.findFirst({
					where: { expiresAt: null },
					orderBy: { createdAt: 'desc' },
				});
				if (newest) return { ...newest, publicJwk: publicJwkOf(newest) };
				const { publicJwk, ...made } = make();
				await tx.signingKey.create({ data: { ...made, publicJwk } });
				return { ...made, publicJwk };
			}),
		async listPublic() {
			const rows = await prisma.signingKey.findMany({
				where: unexpired(),
				orderBy: { createdAt: 'desc' },
				select: { publicJwk: true },
			});
			return rows.map(publicJwkOf);
		},
	};
}
