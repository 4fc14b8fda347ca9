import type { Defence } from './defence.ts';

const ARGUMENTS = 'packages/tool-kit/src/sandbox-arguments.ts';
const EXEC_TEST = 'packages/tool-kit/test/exec.test.ts';

/** What keeps a tool's processes in. */
export const SANDBOX: readonly Defence[] = [
	{
		name: 'keeps commands off every network',
		file: ARGUMENTS,
		code: "'--unshare-net', ",
		without: '',
		suite: EXEC_TEST,
		test: 'reaches no network, not even this machine',
	},
	{
		name: 'shows commands no process but their own',
		file: ARGUMENTS,
		code: "'--unshare-pid', ",
		without: '',
		suite: EXEC_TEST,
		test: 'sees no process but its own',
	},
	{
		name: 'gives commands none of the worker’s variables',
		file: ARGUMENTS,
		code: ", '--clearenv'],",
		without: '],',
		suite: EXEC_TEST,
		test: 'has the variables that it is given',
	},
	{
		name: 'makes the system read-only',
		file: ARGUMENTS,
		code: ", '--remount-ro', '/', '--chdir'",
		without: ", '--chdir'",
		suite: EXEC_TEST,
		test: 'writes to its scratch directory, /tmp and /dev/shm and nowhere else',
	},
	{
		name: 'bounds how many processes a command has',
		file: ARGUMENTS,
		code: '`--nproc=',
		without: '`--locks=',
		suite: EXEC_TEST,
		test: 'has no more processes than it may',
	},
];
