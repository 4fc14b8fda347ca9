import { describe, expect, test } from '@jest/globals';
import type { Lease, LeasedRun, LeaseStore } from './lease.ts';
import { defineTask } from './task.ts';

const running = new AbortController().signal;

/** Returns leases in memory, as one database stores them for all processes. */
function createLeases() {
	const row = { isDue: true, token: '', position: '', counts: {} as Lease['counts'], failure: '' };
	const events: unknown[] = [];
	let acquired = 0;
	const end = (lease: Lease, change: Partial<typeof row>, event: unknown) => {
		if (lease.token !== row.token) return;
		events.push(event);
		Object.assign(row, { token: '', ...change });
	};
	const leases: LeaseStore = {
		async acquire(task, leaseMs) {
			if (!row.isDue || row.token !== '') return null;
			events.push(['acquired', leaseMs]);
			acquired += 1;
			row.token = `token ${acquired}`;
			return { task, token: row.token, position: row.position, counts: row.counts, lastStartedAt: null };
		},
		async renew({ token, position, counts }) {
			if (token !== row.token) return false;
			Object.assign(row, { position, counts });
			return true;
		},
		release: async (lease) => end(lease, {}, 'released'),
		finish: async (lease, { nextInMs }) =>
			end(lease, { isDue: false, position: '', counts: {} }, ['finished', nextInMs, lease.counts]),
		fail: async (lease, { failure, retryInMs }) =>
			end(lease, { isDue: false, failure }, ['failed', retryInMs]),
	};
	return { leases, events, row };
}

const LEASE = { leaseMs: 1_000, retryMs: 300, store: ({ leases }: { leases: LeaseStore }) => leases };

function taskWith(run: (leased: LeasedRun, stopping: AbortSignal) => Promise<'done' | 'interrupted'>) {
	return defineTask<{ leases: LeaseStore }>({
		name: 'purge',
		everyMs: 5_000,
		lease: LEASE,
		run: (_deps, leased, stopping) => run(leased, stopping),
	});
}

describe('a task with a lease', () => {
	test('runs, adds up its counts and is due again after its interval', async () => {
		const deps = createLeases();
		const task = taskWith(async ({ checkpoint }) => {
			await checkpoint({ position: 'a', counts: { rows: 2 } });
			await checkpoint({ position: 'b', counts: { rows: 3, events: 1 } });
			return 'done';
		});
		await task.run(deps, running);
		await task.run(deps, running);
		expect(deps.events).toEqual([
			['acquired', 1_000],
			['finished', 5_000, { rows: 5, events: 1 }],
		]);
	});

	test('does not run while another process holds the lease', async () => {
		const deps = createLeases();
		await deps.leases.acquire('purge', 1_000);
		let runs = 0;
		await taskWith(async () => {
			runs += 1;
			return 'done';
		}).run(deps, running);
		expect(runs).toBe(0);
	});

	test('continues an interrupted run from its last checkpoint, and keeps its counts', async () => {
		const deps = createLeases();
		const positions: string[] = [];
		const task = taskWith(async ({ position, checkpoint }) => {
			positions.push(position);
			await checkpoint({ position: `${position}x`, counts: { rows: 1 } });
			return positions.length === 1 ? 'interrupted' : 'done';
		});
		await task.run(deps, running);
		await task.run(deps, running);
		expect(positions).toEqual(['', 'x']);
		expect(deps.events).toEqual([
			['acquired', 1_000],
			'released',
			['acquired', 1_000],
			['finished', 5_000, { rows: 2 }],
		]);
	});

	test('records a failure, throws it, and is due again after the retry interval', async () => {
		const deps = createLeases();
		const task = taskWith(() => Promise.reject(new Error('the store is down')));
		await expect(task.run(deps, running)).rejects.toThrow('the store is down');
		expect(deps.events.at(-1)).toEqual(['failed', 300]);
		expect(deps.row.failure).toBe('the store is down');
	});

	test('throws its own failure if the lease can’t be ended', async () => {
		const deps = createLeases();
		deps.leases.fail = () => Promise.reject(new Error('the database is down'));
		const task = taskWith(() => Promise.reject(new Error('the store is down')));
		await expect(task.run(deps, running)).rejects.toThrow('the store is down');
	});

	test.each(['done', 'interrupted'] as const)(
		'is not recorded as failed if it is %s and its lease can’t be ended',
		async (outcome) => {
			const deps = createLeases();
			const away = () => Promise.reject(new Error('the database is down'));
			Object.assign(deps.leases, { finish: away, release: away });
			await expect(taskWith(async () => outcome).run(deps, running)).rejects.toThrow('the database is down');
			expect([deps.events, deps.row.failure]).toEqual([[['acquired', 1_000]], '']);
		},
	);

	test('stops at its next checkpoint after it has lost the lease', async () => {
		const deps = createLeases();
		let isHeld: boolean | undefined;
		await taskWith(async ({ checkpoint }) => {
			deps.row.token = 'another process';
			isHeld = await checkpoint({ position: 'late', counts: { rows: 1 } });
			return 'interrupted';
		}).run(deps, running);
		expect(isHeld).toBe(false);
		expect(deps.row).toMatchObject({ token: 'another process', position: '', counts: {} });
	});
});
