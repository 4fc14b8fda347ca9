import { checkDrift } from '@creatorr/database/check-drift';
import { createDatabase } from '@creatorr/testing/database';
import { expect, test } from '@jest/globals';
import { PRISMA_DIRECTORY } from './testing/database.ts';

test('the migrations match schema.prisma', async () => {
	const scratch = await createDatabase();
	try {
		expect(await checkDrift({ directory: PRISMA_DIRECTORY, scratchDatabaseUrl: scratch.url })).toBe('');
	} finally {
		await scratch.drop();
	}
});
