import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { postgresAdminUrl, postgresSteps, withPostgres } from '../src/backing/postgres.ts';
import { copyRunningPostgres } from '../src/backup/copy-postgres.ts';
import { type Home, openHome } from '../src/supervisor/home.ts';
import { Supervisor } from '../src/supervisor/supervisor.ts';
import { temporaryDirectory } from '../src/testing/temporary.ts';

const running: Supervisor[] = [];
afterEach(async () => {
	for (const server of running.splice(0)) await server.stop();
});
// removed after the servers in it have stopped
const directory = temporaryDirectory();

async function onServer<T>(home: Home, work: (client: pg.Client) => Promise<T>): Promise<T> {
	const steps = await postgresSteps(home, { durable: true });
	const server = new Supervisor({ home, steps, report: () => undefined });
	running.push(server);
	await server.start();
	return await withPostgres(postgresAdminUrl(home), work);
}

test('the copy of a server that is written to has everything from before, and no partial transaction', async () => {
	const [home, copy] = [openHome(join(directory(), 'first')), openHome(join(directory(), 'second'))];
	const data = join(copy.data, 'postgres');
	const added = await onServer(home, async (client) => {
		await client.query('CREATE TABLE pairs (id int, side text)');
		let isOver = false;
		let count = 0;
		const add = async () => {
			count += 1;
			await client.query(`INSERT INTO pairs VALUES (${count}, 'left'), (${count}, 'right')`);
		};
		for (let early = 0; early < 100; early += 1) await add();
		const adding = (async () => {
			while (!isOver) await add();
		})();
		await copyRunningPostgres(postgresAdminUrl(home), join(home.data, 'postgres'), data);
		isOver = true;
		await adding;
		return count;
	});
	expect(added).toBeGreaterThan(100);

	// The copy has the superuser's password of the first server.
	cpSync(join(home.root, 'secrets.json'), join(copy.root, 'secrets.json'));
	const rows = await onServer(copy, async (client) => {
		const text = 'SELECT count(*)::int AS sides, count(DISTINCT id)::int AS ids, max(id) AS last FROM pairs';
		return (await client.query<{ sides: number; ids: number; last: number }>(text)).rows[0];
	});
	const { sides = 0, ids = 0, last = 0 } = rows ?? {};
	expect(ids).toBeGreaterThanOrEqual(100);
	expect([ids, sides]).toEqual([last, 2 * last]);
}, 60_000);
