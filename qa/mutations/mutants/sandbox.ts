import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceProperty,
	replaceText,
} from '../operators.ts';

const toolKit = inPackage('tool-kit');
const worker = inPackage('tool-worker');

/** Replaces `--unshare-all` in the flags of a sandbox that an unprivileged user builds. Root passes one flag per namespace. */
const replaceUnshareAll = (flags: string) => toolKit('namespaces', replaceText("'--unshare-all'", flags));

const VISIBLE_TO_COMMANDS: readonly Mutant[] = [
	{
		name: 'blocks network access of commands',
		mutations: [
			toolKit('namespaces', replaceText("'--unshare-net',", '')),
			replaceUnshareAll("'--unshare-all', '--share-net'"),
		],
		test: 'reaches no network, not even this machine',
	},
	{
		name: 'hides other processes from commands',
		mutations: [
			toolKit('namespaces', replaceText("'--unshare-pid',", '')),
			replaceUnshareAll("'--unshare-net', '--unshare-ipc', '--unshare-uts'"),
		],
		test: 'sees no process but its own',
	},
	{
		name: 'keeps the worker’s variables from commands',
		mutations: [
			toolKit('sandboxArguments', replaceText(", '--clearenv'", '')),
			toolKit('startSandboxed', replaceProperty('env', 'process.env')),
		],
		test: 'sees no users, hosts and variables of this machine',
	},
	{
		name: 'hides names of users and hosts from commands',
		mutations: [toolKit('CONFIGURATION', replaceText("'/etc/magic'", "'/etc/passwd', '/etc/hosts'"))],
		test: 'sees no users, hosts and variables of this machine',
	},
	{
		name: 'makes the system read-only for commands',
		mutations: [toolKit('sandboxArguments', replaceText("'--remount-ro', '/dev', '--remount-ro', '/',", ''))],
		test: 'writes to its scratch directory, /tmp and /dev/shm and nowhere else',
	},
	{
		name: 'makes inputs read-only for commands',
		mutations: [toolKit('readOnlyInput', replaceText('--ro-bind', '--bind'))],
		test: 'reads a bound file and cannot change it',
	},
	{
		name: 'keeps the directory of a job from other users',
		mutations: [toolKit('createScratch.make', replaceProperty('mode', '0o755'))],
		test: 'a scratch directory is readable by its owner alone',
	},
	{
		name: 'refuses a symbolic link in place of an output',
		mutations: [toolKit('requireSafeOutput', forceCondition(false, 'isFile'))],
		test: 'a link to a file of the host',
	},
	{
		name: 'refuses a hard link in place of an output',
		mutations: [toolKit('requireSafeOutput', dropOperand('nlink'))],
		test: 'a hard link to another file',
	},
];

const RIGHTS_OF_COMMANDS: readonly Mutant[] = [
	{
		name: 'runs commands as an unprivileged user',
		mutations: [
			toolKit('dropRoot', forceCondition(true, 'uid')),
			toolKit('namespaces', replaceText("...['--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL'],", '')),
		],
		test: 'is an unprivileged user without capabilities who can gain none',
	},
	{
		name: 'keeps commands from creating user namespaces',
		mutations: [
			toolKit('namespaces', replaceText(", '--disable-userns'", '')),
			toolKit('dropRoot', replaceText("'--disable-userns',", '')),
			toolKit('NOT_PERMITTED', replaceText('unshare ', '')),
		],
		test: 'cannot create a user namespace, in which it would be root',
	},
	{
		name: 'blocks system calls that no tool needs',
		mutations: [toolKit('SECCOMP', replaceConstant('[]'))],
		test: 'for anonymous files in memory',
	},
	{
		name: 'keeps a worker from starting without a sandbox',
		mutations: [worker('prepareMachine', forceCondition(false, 'problem'))],
		test: 'a worker that can build no sandbox does not start',
	},
];

const RESOURCES_OF_COMMANDS: readonly Mutant[] = [
	{
		name: 'limits the processes of a command',
		mutations: [toolKit('resourceLimits', replaceText('--nproc=', '--locks='))],
		test: 'cannot exceed the number of processes',
	},
	{
		name: 'limits the memory of a process',
		mutations: [toolKit('resourceLimits', replaceText('--as=', '--rss='))],
		test: 'more memory than allowed',
	},
	{
		name: 'limits the memory of all processes together',
		mutations: [toolKit('findBreach', forceCondition(false, 'memoryBytes'))],
		test: 'memory, each within its limit',
	},
	{
		name: 'makes the kernel kill commands before the worker when memory is short',
		mutations: [toolKit('resourceLimits', replaceText('String(OOM_SCORE_ADJUSTMENT)', "'0'"))],
		test: 'is killed first when the machine runs out of memory',
	},
	{
		name: 'limits the size of a file',
		mutations: [toolKit('resourceLimits', replaceText('--fsize=', '--rss='))],
		test: 'a larger file than allowed',
	},
	{
		name: 'limits the disk space of all files together',
		mutations: [toolKit('findBreach', forceCondition(false, 'scratchBytes', 'maxScratchBytes'))],
		test: 'disk, in a flood of empty files',
	},
	{
		name: 'ends the run that uses most of a nearly full disk',
		mutations: [toolKit('findBreach', forceCondition(false, 'mustEvict'))],
		test: 'processes are ended when the disk is nearly full and they use most',
	},
	{
		name: 'counts the disk space of deleted open files',
		mutations: [toolKit('scratchUsage', replaceCall('unlinkedFilesOf', '[]'))],
		test: 'disk, in unlinked files',
	},
	{
		name: 'limits the CPU time of a process',
		mutations: [toolKit('resourceLimits', replaceText('--cpu=', '--rss='))],
		test: 'is ended when it uses more CPU time than allowed',
	},
	{
		name: 'limits the CPU time of all processes together',
		mutations: [toolKit('findBreach', forceCondition(false, 'cpuSeconds'))],
		test: 'computing time, in short-lived processes',
	},
	{
		name: 'limits the run time of a job',
		mutations: [toolKit('startRunClock', dropCall('abort', 'timeoutError'))],
		test: 'ends a tool at its deadline',
	},
	{
		name: 'limits a command with many processes to its share of the cores',
		mutations: [toolKit('startSandboxed', replaceProperty('onMeasured', '() => {}'))],
		test: 'has all of its processes reniced, also those that it starts later, when they contend for the cores',
	},
	{
		name: 'gives services a higher CPU priority than tools',
		mutations: [toolKit('TOOL_PRIORITY', replaceConstant('0'))],
		test: 'every command runs at a lower priority than the services',
	},
	{
		name: 'keeps new sessions of a deprioritized job at low priority',
		mutations: [toolKit('createSandboxHandle.renice', dropCall('lowerSessionPriority'))],
		test: 'is reniced with its session, and with those it begins later',
	},
	{
		name: 'counts the run time of a job whose threads wait for each other',
		mutations: [toolKit('cpuWaitMs', replaceText(', elapsedMs * cores', ''))],
		test: 'many threads that had all cores, and waited for each other',
	},
];

const LEFTOVERS_OF_COMMANDS: readonly Mutant[] = [
	{
		name: 'kills all processes of a command at once',
		mutations: [toolKit('createSandboxHandle.kill', replaceText('isKilled = true;', 'return;'))],
		test: 'ignores every signal that can be ignored',
	},
	{
		name: 'kills the commands of a killed worker',
		mutations: [toolKit('sandboxArguments', replaceText("'--die-with-parent',", ''))],
		test: 'of the worker kills its commands',
	},
	{
		name: 'kills the sandboxes that outlive a killed worker',
		mutations: [toolKit('removeAbandoned', dropCall('killAbandonedSandboxes'))],
		test: 'claimScratchHome kills the sandboxes that outlived a killed worker',
	},
	{
		name: 'removes directories that are nested deeper than a path may be',
		mutations: [toolKit('removeTree', dropCall('execute', 'rm'))],
		test: 'removes paths that are longer than PATH_MAX',
	},
	{
		name: 'removes the files of a killed worker at its start',
		mutations: [toolKit('claimScratchHome', replaceCall('removeAbandoned', '0'))],
		test: 'claimScratchHome removes and counts the scratch directories of a killed worker',
	},
	{
		name: 'keeps the directories of another live worker',
		mutations: [toolKit('removeAbandoned', dropOperand('isAbandoned'))],
		test: 'claimScratchHome keeps the scratch directories of a running worker',
	},
];

/** Isolation and limits of the processes of a tool. */
export const SANDBOX: readonly Mutant[] = [
	...VISIBLE_TO_COMMANDS,
	...RIGHTS_OF_COMMANDS,
	...RESOURCES_OF_COMMANDS,
	...LEFTOVERS_OF_COMMANDS,
];
