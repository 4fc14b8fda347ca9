import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { choosePorts } from '../src/backing/ports.ts';
import { postgresAdminUrl, postgresSteps } from '../src/backing/postgres.ts';
import { copyRunningPostgres } from '../src/backup/copy-postgres.ts';
import { type Home, openHome } from '../src/supervisor/home.ts';
import { createSupervisor, type Supervisor } from '../src/supervisor/supervisor.ts';

const password = 'secret';

let directory: string;
const running: Supervisor[] = [];
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'creatorr-copy-postgres-'));
});
afterEach(async () => {
	for (const server of running.splice(0)) await server.stop();
	rmSync(directory, { recursive: true });
});

async function startPostgres(home: Home): Promise<string> {
	const { postgres: port } = await choosePorts(home, ['postgres']);
	const steps = postgresSteps({ home, port, password, durable: true });
	const options = { home, steps, report: () => undefined, draining: new Set<string>(), drainMs: 1_000 };
	const server = createSupervisor(options);
	running.push(server);
	await server.start();
	return postgresAdminUrl({ port, password });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}

test('the copy of a server that is being written to has everything from before, and no half of anything', async () => {
	const [home, copy] = [openHome(join(directory, 'first')), openHome(join(directory, 'second'))];
	const url = await startPostgres(home);
	const added = await withClient(url, async (client) => {
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
		await copyRunningPostgres(url, join(home.data, 'postgres'), join(copy.data, 'postgres'));
		isOver = true;
		await adding;
		return count;
	});
	expect(added).toBeGreaterThan(100);

	const rows = await withClient(await startPostgres(copy), async (client) => {
		const text = 'SELECT count(*)::int AS sides, count(DISTINCT id)::int AS ids, max(id) AS last FROM pairs';
		return (await client.query<{ sides: number; ids: number; last: number }>(text)).rows[0];
	});
	const { sides = 0, ids = 0, last = 0 } = rows ?? {};
	expect(ids).toBeGreaterThanOrEqual(100);
	expect([ids, sides]).toEqual([last, 2 * last]);
}, 60_000);
