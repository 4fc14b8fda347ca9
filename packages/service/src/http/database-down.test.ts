import { describe, expect, test } from '@jest/globals';
import { isDatabaseDown, isStatementTimeout } from './database-down.ts';
import { toAppError } from './error-rendering.ts';

/** Wraps an error of PostgreSQL as Prisma 7 does, for raw queries (P2010) and for models (P2039). */
function fromPrisma(code: string, sqlState: string): Error {
	return wrapped(code, { kind: 'postgres', code: sqlState, originalCode: sqlState });
}

function wrapped(code: string, cause: object): Error {
	return Object.assign(new Error('Raw query failed'), {
		code,
		meta: { driverAdapterError: Object.assign(new Error('DriverAdapterError'), { cause }) },
	});
}

describe('isDatabaseDown', () => {
	test.each([
		['is shut down during a raw query', fromPrisma('P2010', '57P01')],
		['is shut down during a query of a model', fromPrisma('P2039', '57P01')],
		['is too slow for a statement', fromPrisma('P2010', '57014')],
		['closes the connection during a query', wrapped('P2010', { kind: 'ConnectionClosed' })],
		['gives no transaction in time', Object.assign(new Error('expired'), { code: 'P2028' })],
		['refuses connections', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
		['drops the connection', new Error('Connection terminated unexpectedly')],
		['has dropped it', new Error('Client has encountered a connection error and is not queryable')],
		['gives no connection in time', new Error('timeout exceeded when trying to connect')],
		['is wrapped twice', new Error('outer', { cause: new Error('Connection terminated') })],
	])('returns true for a database that %s', (_, error) => {
		expect(isDatabaseDown(error)).toBe(true);
	});

	test.each([
		['refuses what we ask', fromPrisma('P2010', '42703')],
		['holds such a row already', fromPrisma('P2002', '23505')],
		['has nothing to do with it', new TypeError('x is undefined')],
		['is a word', 'Connection terminated'],
		['is null', null],
	])('returns false for a database that %s', (_, error) => {
		expect(isDatabaseDown(error)).toBe(false);
	});
});

test('isStatementTimeout finds a statement timeout inside the error for clients, and no outage', () => {
	const errorOf = (sqlState: string) => toAppError(fromPrisma('P2010', sqlState));
	expect([errorOf('57014'), errorOf('57P01')].map(isStatementTimeout)).toEqual([true, false]);
});
