import { checkDrift } from '@creatorr/database/check-drift';
import { createDatabase } from '@creatorr/testing/database';
import { expect, test } from '@jest/globals';
import { PRISMA_DIRECTORY } from './testing/database.ts';

test('the migrations lead to what schema.prisma says', async () => {
	const scratch = await createDatabase();
	try {
		const missing = await checkDrift({ directory: PRISMA_DIRECTORY, scratchDatabaseUrl: scratch.url });
		expect(missing).toBe('');
	} finally {
		await scratch.drop();
	}
});
