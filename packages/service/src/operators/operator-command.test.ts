import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type LookupFunction } from 'node:net';
import { unavailable } from '@creatorr/contracts/errors';
import { describe, expect, test } from '@jest/globals';
import { formatError, type OperatorCommand, runCommand, UsageError } from './operator-command.ts';

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

const HELP = 'how it is done';

const commands: Record<string, OperatorCommand> = {
	look: {
		positionals: { min: 1, max: 1 },
		options: [],
		run: async ({ positionals }) => ({ seen: positionals[0] }),
	},
	act: {
		positionals: { min: 1, max: 2 },
		options: ['reason'],
		run: async (line) => ({ by: line.operator(), why: line.reason() }),
	},
};
const run = (...args: string[]) => runCommand({ args, help: HELP, commands });

describe('an operator command', () => {
	test('prints its report as text or JSON', async () => {
		expect(await run('look', 'here')).toBe('seen  here\n');
		expect(JSON.parse(await run('look', 'here', '--json'))).toEqual({ seen: 'here' });
	});

	test('gets operator and reason', async () => {
		expect(await run('act', 'x', '--by', ' ada ', '--reason', 'so be it')).toBe('by   ada\nwhy  so be it\n');
	});

	test('prints its help', async () => {
		expect(await run('--help')).toBe(HELP);
	});

	test.each([
		['an unknown command', ['constructor', 'x'], 'Unknown command: constructor. See `'],
		['no command', [], HELP],
		['too few arguments', ['look'], 'look takes 1 argument, not 0. See `'],
		['too many arguments', ['act', 'x', 'y', 'z'], 'act takes 1 to 2 arguments, not 3. See `'],
		['an unknown option', ['look', 'x', '--really'], '--really'],
		['an option of another command', ['look', 'x', '--reason', 'y'], 'look has no option --reason'],
		['no reason', ['act', 'x', '--by', 'ada'], '--reason needs a text of 1 to'],
		['a reason of blanks', ['act', 'x', '--by', 'ada', '--reason', ' '], '--reason needs a text of 1 to'],
		[
			'a reason of a book',
			['act', 'x', '--by', 'ada', '--reason', 'y'.repeat(501)],
			'--reason needs a text of 1 to',
		],
		['a reason with NUL', ['act', 'x', '--by', 'ada', '--reason', 'a\0b'], '--reason needs a text of 1 to'],
		['a name that is empty', ['act', 'x', '--by', '', '--reason', 'y'], '--by needs a text of 1 to'],
	])('called with %s is refused', async (_, args, said) => {
		const refused = await run(...args).catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(UsageError);
		expect((refused as Error).message).toContain(said);
	});
});

describe('formatError', () => {
	test('names the server that is down in one line, without a stack', () => {
		const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
		const wrapped = Object.assign(new Error('\nInvalid `prisma.user.findUnique()` invocation:\n\n'), {
			code: 'P1001',
			cause: refused,
		});
		const rest =
			'is temporarily unavailable. Try again in a moment. Cause: connect ECONNREFUSED 127.0.0.1:5432. If it lasts, see docs/runbooks/many-failures.md.';
		expect(formatError(refused)).toBe(`Postgres ${rest}`);
		expect(formatError(wrapped)).toBe(`Postgres ${rest}`);
		expect(formatError(unavailable('RabbitMQ', refused))).toBe(`RabbitMQ ${rest}`);
	});

	test.each([
		"Can't reach database server at 127.0.0.1:5432",
		"\nInvalid `prisma.user.findMany()` invocation:\n\n\nCan't reach database server at 127.0.0.1:5432",
		"\nInvalid `prisma.$queryRaw()` invocation:\n\n\nRaw query failed. Code: `N/A`. Message: `Can't reach database server at 127.0.0.1:5432`",
	])('names the server that Prisma reports as down: %j', (message) => {
		const driverAdapterError = { cause: { kind: 'DatabaseNotReachable' } };
		const error = Object.assign(new Error(message), { code: 'P2010', meta: { driverAdapterError } });
		expect(formatError(error)).toContain("Cause: Can't reach database server at 127.0.0.1:5432. If");
	});

	test('names the first address when no address of a host answers', async () => {
		const port = await freePort();
		const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
		const lookup: LookupFunction = (_host, _options, done) => done(null, addresses);
		const socket = connect({ host: 'database.example.com', port, lookup });
		const refused = await new Promise<unknown>((resolve) => socket.once('error', resolve));
		expect(refused).toMatchObject({ message: '', code: 'ECONNREFUSED' });
		expect(formatError(refused)).toContain(`Cause: connect ECONNREFUSED 127.0.0.1:${port}. If`);
	});

	test('names Postgres when a wait for it took too long', () => {
		const message = 'Transaction API error: Unable to start a transaction in the given time.';
		expect(formatError(Object.assign(new Error(message), { code: 'P2028' }))).toContain(
			'Postgres is temporarily unavailable. Try again in a moment. Cause: Transaction API error: Unable to start a transaction in the given time. If',
		);
	});

	test('names the code of an error without a message', () => {
		expect(formatError(Object.assign(new Error(''), { code: 'ECONNRESET' }))).toContain(
			'Cause: ECONNRESET. If',
		);
	});

	test('prints all details of a bug', () => {
		expect(formatError(new TypeError('x is undefined'))).toContain('"stack"');
	});
});
