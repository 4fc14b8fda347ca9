import { describe, expect, test } from '@jest/globals';
import { type Connection, createConnectionTable, FIRST_REQUEST_MS } from './connection-table.ts';

interface Named extends Connection {
	name: string;
}

function tableAt() {
	const clock = { nowMs: 0 };
	const table = createConnectionTable<Named>(() => clock.nowMs);
	const open = (network: string, name: string, given: Partial<Connection> = {}): Named => {
		const connection = { network, name, isProxy: false, evictableSinceMs: () => undefined, ...given };
		table.add(connection);
		return connection;
	};
	/** Opens a connection that is idle from now on, after a request. */
	const openIdle = (network: string, name: string, given: Partial<Connection> = {}): Named => {
		const connection = open(network, name, given);
		table.beginRequest(connection);
		table.endRequest(connection);
		return connection;
	};
	const openBusy = (network: string, name: string, given: Partial<Connection> = {}): Named => {
		const connection = open(network, name, given);
		table.beginRequest(connection);
		return connection;
	};
	/** Returns the names of all victims in the order of their eviction. */
	const evictAll = (): string[] => {
		const names: string[] = [];
		for (let victim = table.findIdle(0); victim; victim = table.findIdle(0)) {
			names.push(victim.connection.name);
			table.remove(victim.connection);
		}
		return names;
	};
	return { clock, table, open, openIdle, openBusy, evictAll };
}

describe('the idle connection that is evicted', () => {
	test('belongs to the network with the most connections', () => {
		const { openIdle, evictAll } = tableAt();
		for (const [network, name] of ['a1', 'b1', 'b2', 'b3', 'a2'].map((name) => [name[0], name])) {
			openIdle(network as string, name as string);
		}
		expect(evictAll()).toEqual(['b1', 'a1', 'b2', 'a2', 'b3']);
	});

	test('belongs to the IPv6 site with the most connections, and there to its largest network', () => {
		const { openIdle, evictAll } = tableAt();
		for (const name of ['a1', 'a2']) openIdle('192.0.2.1', name);
		openIdle('2001:db8:1:ab01::/64', 's1');
		for (const name of ['s2', 's3']) openIdle('2001:db8:1:ab02::/64', name);
		expect(evictAll()).toEqual(['s2', 'a1', 's1', 'a2', 's3']);
	});

	test('belongs to the IPv6 /48 with the most connections', () => {
		const { openIdle, evictAll } = tableAt();
		for (const name of ['a1', 'a2']) openIdle('192.0.2.1', name);
		for (const index of [1, 2, 3]) openIdle(`2001:db8:1:${index}00::/64`, `s${index}`);
		expect(evictAll()).toEqual(['s1', 'a1', 's2', 'a2', 's3']);
	});

	test('is one that was unused for a second, otherwise the one that has been idle the longest', () => {
		const { clock, table, open, openIdle, evictAll } = tableAt();
		openIdle('a', 'older');
		openIdle('a', 'newer');
		const again = openIdle('a', 'used again');
		open('a', 'unused');
		clock.nowMs = FIRST_REQUEST_MS;
		openIdle('a', 'newest');
		open('a', 'new');
		table.beginRequest(again);
		table.endRequest(again);
		expect(evictAll()).toEqual(['unused', 'older', 'newer', 'newest', 'used again', 'new']);
	});

	test('has no request in progress', () => {
		const { table, openIdle, openBusy, evictAll } = tableAt();
		const pipelined = openBusy('a', 'two requests');
		table.beginRequest(pipelined);
		table.endRequest(pipelined);
		openBusy('a', 'busy');
		openIdle('b', 'idle');
		expect(evictAll()).toEqual(['idle']);
	});

	test('belongs to a trusted proxy only when no other network has an idle connection', () => {
		const { openIdle, evictAll } = tableAt();
		openIdle('proxy', 'p1', { isProxy: true });
		openIdle('proxy', 'p2', { isProxy: true });
		openIdle('a', 'a1');
		expect(evictAll()).toEqual(['a1', 'p1', 'p2']);
	});

	test('is the longest idle one of the largest network, and none is evicted if that has not been idle for the minimum time', () => {
		const { clock, table, openIdle } = tableAt();
		openIdle('small', 'old');
		clock.nowMs = 1_000;
		openIdle('large', 'young');
		openIdle('large', 'younger');
		clock.nowMs = 1_100;
		expect(table.findIdle(200)).toBeUndefined();
		expect(table.findIdle(100)).toMatchObject({ connection: { name: 'young' }, reason: 'idle' });
	});
});

describe('the slow connection that is evicted', () => {
	test('belongs to the network with the most connections, with a request that may be dropped', () => {
		const { clock, table, openBusy } = tableAt();
		clock.nowMs = 6_000;
		openBusy('a', 'a1', { evictableSinceMs: () => 0 });
		openBusy('b', 'b1');
		openBusy('b', 'b2', { evictableSinceMs: () => 2_000 });
		openBusy('b', 'b3', { evictableSinceMs: () => 500 });
		expect(table.findSlow(5_000)).toMatchObject({ connection: { name: 'b3' }, reason: 'slow_request' });
		expect(table.findSlow(6_000)).toBeUndefined();
	});
});

test('a removed connection stays removed when its request ends later', () => {
	const { table, openBusy } = tableAt();
	const connection = openBusy('a', 'a1');
	table.remove(connection);
	table.remove(connection);
	table.endRequest(connection);
	expect([table.count(), table.findIdle(0)]).toEqual([0, undefined]);
});
