import { inPackage, type Mutant } from '../mutant.ts';
import {
	addElements,
	dropCall,
	dropElements,
	dropOperand,
	dropSpread,
	emptyBody,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceLiteral,
	replaceProperty,
	replaceText,
	unwrapCall,
} from '../operators.ts';

const toolKit = inPackage('tool-kit');
const worker = inPackage('tool-worker');

/** An ordinary user's sandbox names what it shares with the machine, root's what it doesn't. */
const sharesForOrdinaryUsers = (flags: string) =>
	toolKit('namespaces', replaceLiteral('--unshare-all', flags));

const WHAT_COMMANDS_SEE: readonly Mutant[] = [
	{
		name: 'keeps commands off every network',
		mutations: [
			toolKit('namespaces', dropElements('--unshare-net')),
			sharesForOrdinaryUsers("'--unshare-all', '--share-net'"),
		],
		test: 'reaches no network, not even this machine',
	},
	{
		name: 'shows commands no process but their own',
		mutations: [
			toolKit('namespaces', dropElements('--unshare-pid')),
			sharesForOrdinaryUsers("'--unshare-net', '--unshare-ipc', '--unshare-uts'"),
		],
		test: 'sees no process but its own',
	},
	{
		name: 'gives commands none of the worker’s variables',
		mutations: [
			toolKit('sandboxArguments', dropElements('--clearenv')),
			toolKit('startSandboxed', replaceProperty('env', 'process.env')),
		],
		test: 'sees no users, hosts and variables of this machine',
	},
	{
		name: 'shows commands nothing that names users and hosts',
		mutations: [toolKit('CONFIGURATION', addElements("'/etc/passwd', '/etc/hosts'"))],
		test: 'sees no users, hosts and variables of this machine',
	},
	{
		name: 'makes the system read-only',
		mutations: [toolKit('sandboxArguments', dropElements('--remount-ro', '/dev', '--remount-ro', '/'))],
		test: 'writes to its scratch directory, /tmp and /dev/shm and nowhere else',
	},
	{
		name: 'lets commands read an input and not change it',
		mutations: [toolKit('readOnlyInput', replaceLiteral('--ro-bind', "'--bind'"))],
		test: 'reads a bound file and cannot change it',
	},
	{
		name: 'keeps the directory of a job from other users',
		mutations: [toolKit('createScratch.make', replaceProperty('mode', '0o755'))],
		test: 'a scratch directory is readable by its owner alone',
	},
	{
		name: 'hands out no link that a command left in place of its output',
		mutations: [toolKit('requireSafeOutput', forceCondition(false, 'isFile'))],
		test: 'a link to a file of the host',
	},
	{
		name: 'hands out no second name of another file',
		mutations: [toolKit('requireSafeOutput', dropOperand('nlink'))],
		test: 'a hard link to another file',
	},
];

const WHAT_COMMANDS_MAY_DO: readonly Mutant[] = [
	{
		name: 'runs commands as a user without rights',
		mutations: [
			toolKit('dropRoot', forceCondition(true, 'uid')),
			toolKit('namespaces', dropSpread('--cap-drop')),
		],
		test: 'is an unprivileged user without capabilities who can gain none',
	},
	{
		name: 'lets commands make no namespace in which they would be root',
		mutations: [
			toolKit('namespaces', dropElements('--disable-userns')),
			toolKit('dropRoot', dropElements('--disable-userns')),
			toolKit('NOT_PERMITTED', replaceText('unshare ', '')),
		],
		test: 'cannot create a user namespace, in which it would be root',
	},
	{
		name: 'refuses system calls that no tool needs',
		mutations: [toolKit('SECCOMP', replaceConstant('[]'))],
		test: 'for anonymous files in memory',
	},
	{
		name: 'starts no worker that can build no sandbox',
		mutations: [worker('prepareMachine', forceCondition(false, 'problem'))],
		test: 'a worker that can build no sandbox does not start',
	},
];

const HOW_MUCH_COMMANDS_TAKE: readonly Mutant[] = [
	{
		name: 'bounds how many processes a command has',
		mutations: [toolKit('resourceLimits', replaceText('--nproc=', '--locks='))],
		test: 'cannot exceed the number of processes',
	},
	{
		name: 'bounds the memory of a process',
		mutations: [toolKit('resourceLimits', replaceText('--as=', '--rss='))],
		test: 'more memory than allowed',
	},
	{
		name: 'bounds the memory of all processes together',
		mutations: [toolKit('findBreach', forceCondition(false, 'memoryBytes'))],
		test: 'memory, each within its limit',
	},
	{
		name: 'has the kernel end commands before the worker when memory is short',
		mutations: [toolKit('resourceLimits', dropSpread('choom'))],
		test: 'is killed first when the machine runs out of memory',
	},
	{
		name: 'bounds the size of a file',
		mutations: [toolKit('resourceLimits', replaceText('--fsize=', '--rss='))],
		test: 'a larger file than allowed',
	},
	{
		name: 'bounds the disk that all files take together',
		mutations: [toolKit('findBreach', forceCondition(false, 'scratchBytes'))],
		test: 'disk, in a flood of empty files',
	},
	{
		name: 'counts files that have no name any more',
		mutations: [toolKit('scratchUsage', replaceCall('unlinkedFilesOf', '[]'))],
		test: 'disk, in unlinked files',
	},
	{
		name: 'bounds the computing time of a process',
		mutations: [toolKit('resourceLimits', replaceText('--cpu=', '--rss='))],
		test: 'is ended when it uses more CPU time than allowed',
	},
	{
		name: 'bounds the computing time of all processes together',
		mutations: [toolKit('findBreach', forceCondition(false, 'cpuSeconds'))],
		test: 'computing time, in short-lived processes',
	},
	{
		name: 'bounds the time of a job',
		mutations: [toolKit('startRunClock', dropCall('abort', 'timeoutError'))],
		test: 'ends a tool at its deadline',
	},
	{
		name: 'gives many processes of one command no more than its share of the cores',
		mutations: [toolKit('startSandboxed', replaceProperty('onMeasured', '() => {}'))],
		test: 'has all of its processes reniced, also those that it starts later, when they contend for the cores',
	},
	{
		name: 'lets services answer before tools compute',
		mutations: [toolKit('TOOL_PRIORITY', replaceConstant('0'))],
		test: 'every command runs at a lower priority than the services',
	},
	{
		name: 'gives a session that begins after a job was deprioritized no full priority',
		mutations: [toolKit('createSandboxHandle.renice', dropCall('lowerSessionPriority'))],
		test: 'is reniced with its session, and with those it begins later',
	},
	{
		name: 'lets nobody gain time by threads that wait for each other',
		mutations: [toolKit('cpuWaitMs', unwrapCall('min', 'cores'))],
		test: 'many threads that had all cores, and waited for each other',
	},
];

const WHAT_COMMANDS_LEAVE: readonly Mutant[] = [
	{
		name: 'kills all processes of a command at once',
		mutations: [toolKit('createSandboxHandle.kill', emptyBody())],
		test: 'ignores every signal that can be ignored',
	},
	{
		name: 'kills the commands of a worker that was killed',
		mutations: [toolKit('sandboxArguments', dropElements('--die-with-parent'))],
		test: 'of the worker kills its commands',
	},
	{
		name: 'kills the sandboxes that outlived a worker that was killed',
		mutations: [toolKit('removeAbandoned', dropCall('killAbandonedSandboxes'))],
		test: 'claimScratchHome kills the sandboxes that outlived a killed worker',
	},
	{
		name: 'removes what a command has nested deeper than names reach',
		mutations: [toolKit('removeTree', dropCall('execute', 'rm'))],
		test: 'removes paths that are longer than PATH_MAX',
	},
	{
		name: 'removes at its start what a killed worker left',
		mutations: [toolKit('claimScratchHome', replaceCall('removeAbandoned', '0'))],
		test: 'claimScratchHome removes and counts the scratch directories of a killed worker',
	},
	{
		name: 'keeps the directories of another live worker',
		mutations: [toolKit('removeAbandoned', dropOperand('isAbandoned'))],
		test: 'claimScratchHome keeps the scratch directories of a running worker',
	},
];

/** What keeps a tool's processes in. */
export const SANDBOX: readonly Mutant[] = [
	...WHAT_COMMANDS_SEE,
	...WHAT_COMMANDS_MAY_DO,
	...HOW_MUCH_COMMANDS_TAKE,
	...WHAT_COMMANDS_LEAVE,
];
