import type { Prisma, PrismaClient } from '../generated/client.ts';

export type { PrismaClient };
/** A transaction's client. */
export type Tx = Prisma.TransactionClient;
