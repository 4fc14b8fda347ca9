import type { Defence } from './defence.ts';

const CLI = 'packages/cli/src';
const SESSION = { suite: `${CLI}/session/session.test.ts` };
const OUTPUT = { suite: `${CLI}/output/output.test.ts` };
const CLIENT = 'packages/client/src';
const TRANSPORT = { file: `${CLIENT}/transport.ts`, suite: 'packages/client/test/transport.test.ts' };

/** What stands, on a person's own machine, between the session and the files there and whatever an API answers. */
export const CLIENTS: readonly Defence[] = [
	{
		name: 'sends the token of one API to no other',
		file: `${CLI}/session/connect.ts`,
		code: 'sessions.byApi[api]?.token',
		without: 'Object.values(sessions.byApi)[0]?.token',
		...SESSION,
		test: 'a token goes to no other API than the one that gave it',
	},
	{
		name: 'keeps the session of the command line where nobody else can read it',
		file: `${CLI}/session/session-file.ts`,
		code: ', { mode: 0o600 }',
		without: '',
		...SESSION,
		test: 'sessions are kept where nobody else can read them',
	},
	{
		name: 'lets no name of a file lead out of the directory that it is saved to',
		file: `${CLIENT}/download/safe-name.ts`,
		code: "name.replace(UNSAFE, '_')",
		without: 'name',
		suite: `${CLIENT}/download/safe-name.test.ts`,
		test: 'makes one file of the name',
	},
	{
		name: 'writes no output to a device of Windows',
		file: `${CLIENT}/download/safe-name.ts`,
		code: "safe === '' || DEVICE.test(safe)",
		without: "safe === ''",
		suite: `${CLIENT}/download/safe-name.test.ts`,
		test: 'makes one file of the name',
	},
	{
		name: 'overwrites no file that nobody said to overwrite, though it came meanwhile',
		file: `${CLI}/output/write-whole.ts`,
		code: 'if (force) await rename(temporary, path);\n\t\telse await moveIfFree(temporary, path);',
		without: 'await rename(temporary, path);',
		...OUTPUT,
		test: 'a file that came meanwhile is kept, unless forced',
	},
	{
		name: 'ends no session for the refusal of an older token',
		...TRANSPORT,
		code: 'if (refused === currentToken()) onUnauthorized',
		without: 'onUnauthorized',
		test: 'a late refusal of an older token says nothing of the one in use',
	},
	{
		name: 'makes no job twice when an answer got lost',
		file: `${CLIENT}/calls/job-requests.ts`,
		code: "const header = { 'Idempotency-Key': idempotencyKey };",
		without: "const header = { 'Idempotency-Key': idempotencyKey + Math.random() };",
		suite: 'packages/client/test/jobs.test.ts',
		test: 'a run makes its job with one key, however often it has to ask',
	},
];
