import type { Cut, Defence } from './defence.ts';

const KIT = 'packages/tool-kit';
const ARGUMENTS = `${KIT}/src/sandbox-arguments.ts`;
const EXEC = { suite: `${KIT}/test/exec.test.ts` };
const WATCH = { file: `${KIT}/src/resource-watch.ts`, suite: `${KIT}/test/resource-watch.test.ts` };
const HOME = { file: `${KIT}/src/scratch-home.ts`, suite: `${KIT}/test/scratch-home.test.ts` };
const OUTPUT = { file: `${KIT}/src/run-tool.ts`, suite: `${KIT}/test/run-tool.test.ts` };

/** An ordinary user's sandbox names what it keeps of the machine's, root's what it does not. */
const sharesForOrdinaryUsers = (shared: string): Cut => ({
	file: ARGUMENTS,
	code: "'--unshare-all', ",
	without: shared,
});

const WHAT_IT_SEES: readonly Defence[] = [
	{
		name: 'keeps commands off every network',
		file: ARGUMENTS,
		code: "'--unshare-net', ",
		without: '',
		also: [sharesForOrdinaryUsers("'--unshare-all', '--share-net', ")],
		...EXEC,
		test: 'reaches no network, not even this machine',
	},
	{
		name: 'shows commands no process but their own',
		file: ARGUMENTS,
		code: "'--unshare-pid', ",
		without: '',
		also: [sharesForOrdinaryUsers("'--unshare-net', '--unshare-ipc', '--unshare-uts', ")],
		...EXEC,
		test: 'sees no process but its own',
	},
	{
		name: 'gives commands none of the worker’s variables',
		file: ARGUMENTS,
		code: ", '--clearenv'],",
		without: '],',
		also: [
			{
				file: `${KIT}/src/exec.ts`,
				code: "env: { PATH: SANDBOX_BINARY_DIRS.join(':') },",
				without: 'env: process.env,',
			},
		],
		...EXEC,
		test: 'sees nothing of the users, the hosts and the variables of this machine',
	},
	{
		name: 'shows commands nothing that names users and hosts',
		file: `${KIT}/src/sandbox-files.ts`,
		code: 'const CONFIGURATION = [',
		without: "const CONFIGURATION = ['/etc/passwd', '/etc/hosts',",
		...EXEC,
		test: 'sees nothing of the users, the hosts and the variables of this machine',
	},
	{
		name: 'makes the system read-only',
		file: ARGUMENTS,
		code: "'--remount-ro', '/dev', '--remount-ro', '/', ",
		without: '',
		...EXEC,
		test: 'writes to its scratch directory, /tmp and /dev/shm and nowhere else',
	},
	{
		name: 'lets commands read an input and not change it',
		file: ARGUMENTS,
		code: "return ['--ro-bind', path,",
		without: "return ['--bind', path,",
		...EXEC,
		test: 'reads a file given to it and cannot change it',
	},
	{
		name: 'keeps the directory of a job from other users',
		file: `${KIT}/src/scratch.ts`,
		code: 'await mkdir(directory, { mode: 0o700 });',
		without: 'await mkdir(directory, { mode: 0o755 });',
		suite: `${KIT}/test/scratch.test.ts`,
		test: 'a scratch directory is for its owner alone',
	},
	{
		name: 'hands out no link that a command left in place of its output',
		...OUTPUT,
		code: 'if (!stats.isFile() || !isConfined) {',
		without: 'if (stats.size < 0) {',
		test: 'a link to a file of the host',
	},
	{
		name: 'hands out no second name of another file',
		...OUTPUT,
		code: ' && stats.nlink === 1);',
		without: ');',
		test: 'a second name of another file',
	},
];

const WHAT_IT_MAY: readonly Defence[] = [
	{
		name: 'runs commands as a user without rights',
		file: ARGUMENTS,
		code: 'if (uid === undefined) return [];',
		without: 'return [];',
		also: [
			{
				file: ARGUMENTS,
				code: "...['--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL'],",
				without: '',
			},
		],
		...EXEC,
		test: 'is an unprivileged user without capabilities who can gain none',
	},
	{
		name: 'lets commands make no namespace in which they would be root',
		file: ARGUMENTS,
		code: "'--unshare-user', '--disable-userns'],",
		without: "'--unshare-user'],",
		also: [
			{
				file: ARGUMENTS,
				code: "'--unshare-user', '--disable-userns', '--uid'",
				without: "'--unshare-user', '--uid'",
			},
			{
				file: `${KIT}/src/seccomp/filter.py`,
				code: '*("unshare setns mount ',
				without: '*("setns ',
			},
		],
		...EXEC,
		test: 'can make no user namespace, where it would be root again',
	},
	{
		name: 'refuses system calls that no tool needs',
		file: ARGUMENTS,
		code: "const SECCOMP = ['--seccomp', String(SECCOMP_FD)];",
		without: 'const SECCOMP: string[] = [];',
		...EXEC,
		test: 'for memory without a name',
	},
	{
		name: 'starts no worker that can build no sandbox',
		file: 'apps/tool-worker/src/dependencies.ts',
		code: 'if (problem) {',
		without: 'if (problem === "") {',
		suite: 'apps/tool-worker/test/refusal.test.ts',
		test: 'a worker that can build no sandbox refuses to start',
		isSlow: true,
	},
];

const HOW_MUCH_IT_TAKES: readonly Defence[] = [
	{
		name: 'bounds how many processes a command has',
		file: ARGUMENTS,
		code: '`--nproc=',
		without: '`--locks=',
		...EXEC,
		test: 'has no more processes than it may',
	},
	{
		name: 'bounds the memory of a process',
		file: ARGUMENTS,
		code: '`--as=',
		without: '`--rss=',
		...EXEC,
		test: 'more memory than it may',
	},
	{
		name: 'bounds the memory of all processes together',
		...WATCH,
		code: "if (memoryBytes > mostMemoryBytes(limits)) return breach('memory');",
		without: '',
		test: 'memory, each within its limit',
		isSlow: true,
	},
	{
		name: 'has the kernel end commands before the worker when memory is short',
		file: ARGUMENTS,
		code: "...['choom', '--adjust', String(FIRST_TO_GO), '--'],",
		without: '',
		...EXEC,
		test: 'is the first that the kernel ends when the machine runs out of memory',
	},
	{
		name: 'bounds the size of a file',
		file: ARGUMENTS,
		code: '`--fsize=',
		without: '`--rss=',
		...EXEC,
		test: 'a larger file than it may',
	},
	{
		name: 'bounds the disk that all files take together',
		...WATCH,
		code: "return scratchBytes > mostScratchBytes ? breach('disk') : undefined;",
		without: 'return undefined;',
		test: 'disk, in a flood of empty files',
		isSlow: true,
	},
	{
		name: 'counts files that have no name any more',
		...WATCH,
		file: `${KIT}/src/scratch-usage.ts`,
		code: 'for (const pid of pids) for (const stats of await namelessFilesOf(pid)) count(stats);',
		without: '',
		test: 'disk, in files that have no name any more',
		isSlow: true,
	},
	{
		name: 'bounds the computing time of a process',
		file: ARGUMENTS,
		code: '`--cpu=',
		without: '`--rss=',
		...EXEC,
		test: 'ends when it uses more CPU time than it may',
	},
	{
		name: 'bounds the computing time of all processes together',
		...WATCH,
		code: "if (cpuSeconds > limits.cpuSeconds) return breach('computing time');",
		without: '',
		test: 'computing time, in processes that end at once',
		isSlow: true,
	},
	{
		name: 'bounds the time of a job',
		...OUTPUT,
		file: `${KIT}/src/run-clock.ts`,
		code: 'else over.abort(tookTooLong(allowedMs));',
		without: '',
		test: 'ends a tool at its deadline',
		isSlow: true,
	},
	{
		name: 'gives a crowd of processes no more than its share of the cores',
		file: `${KIT}/src/exec.ts`,
		code: 'onCrowd: status.outweigh',
		without: 'onCrowd: () => {}',
		suite: `${KIT}/test/crowd.test.ts`,
		test: 'processes that crowd the cores go lower, all of them, and those that are started later',
		isSlow: true,
	},
	{
		name: 'lets nobody gain time by threads that wait for each other',
		file: `${KIT}/src/wait-meter.ts`,
		code: 'Math.min(ranMs + waitedMs, elapsedMs * cores)',
		without: 'ranMs + waitedMs',
		suite: `${KIT}/src/wait-meter.test.ts`,
		test: 'many threads that had all cores, and waited for each other',
	},
];

const WHAT_IT_LEAVES: readonly Defence[] = [
	{
		name: 'kills all processes of a command at once',
		file: `${KIT}/src/sandbox-status.ts`,
		code: "if (initPid !== undefined) killProcess(initPid);\n\t\t\tforce ??= setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);",
		without: '',
		...EXEC,
		test: 'ignores every signal that can be ignored',
		isSlow: true,
	},
	{
		name: 'kills the commands of a worker that was killed',
		file: ARGUMENTS,
		code: "'--die-with-parent', ",
		without: '',
		...EXEC,
		test: 'of the worker takes its commands along',
	},
	{
		name: 'removes what a command has nested deeper than names reach',
		file: `${KIT}/src/scratch.ts`,
		code: "await execute('rm', ['-rf', '--', path]);",
		without: '',
		suite: `${KIT}/test/scratch.test.ts`,
		test: 'removes what is nested deeper than a name reaches',
	},
	{
		name: 'removes at its start what a killed worker left',
		...HOME,
		code: 'const removedJobs = await removeLeft(root);',
		without: 'const removedJobs = 0;',
		test: 'what a worker left that was killed is removed, and counted',
	},
	{
		name: 'leaves a living neighbour’s directories alone',
		...HOME,
		code: 'else if (name.startsWith(PREFIX) && (await isLeft(path)))',
		without: 'else if (name.startsWith(PREFIX))',
		test: 'a neighbour that lives keeps its own',
	},
];

/** What keeps a tool's processes in. */
export const SANDBOX: readonly Defence[] = [
	...WHAT_IT_SEES,
	...WHAT_IT_MAY,
	...HOW_MUCH_IT_TAKES,
	...WHAT_IT_LEAVES,
];
