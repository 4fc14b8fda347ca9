import { connectDatabase } from './connect-database.ts';
import { createCustomerStore } from './customers.ts';
import { readUser } from './read-for-operators.ts';

const CONNECTIONS = 3;

export type OperatorData = ReturnType<typeof openOperatorData>;

/** What the commands of operators do with the database, beside the service. */
export function openOperatorData(databaseUrl: string) {
	const { prisma, locking } = connectDatabase(databaseUrl, CONNECTIONS);
	return {
		customers: createCustomerStore({ prisma, locking }),
		readUser: (userId: string, operator: string) => readUser(prisma, userId, operator),
		async close() {
			await Promise.all([prisma.$disconnect(), locking.$disconnect()]);
		},
	};
}
