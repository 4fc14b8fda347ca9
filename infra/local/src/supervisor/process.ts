/** A process that is kept alive: started when everything it depends on is ready, stopped before those are. */
export type ManagedProcess = {
	kind: 'process';
	/** Names the pid file, the log file and the process in every message. */
	name: string;
	dependsOn: string[];
	command: string[];
	/** A wrapper of the command, such as one that creates a user namespace. It must exec the command. */
	prefix?: string[];
	/** The whole environment, nothing is inherited. */
	env: Record<string, string>;
	/** Resolves when the process is ready, and rejects before. Called repeatedly. */
	checkReady: () => Promise<void>;
	/** How long the first start may take; 60 s unless given. */
	readyTimeoutMs?: number;
	/** For a process that can stop working without exiting: restarted once `check` has rejected for `failAfterMs` without a break. */
	liveness?: { check: () => Promise<void>; intervalMs: number; failAfterMs: number };
	/** SIGTERM unless given. */
	stopSignal?: NodeJS.Signals;
	/** How long it may take to end after the stop signal before it is killed; 3 s unless given. */
	stopTimeoutMs?: number;
	/** The app of which it is a replica. Apps finish their requests and jobs before they end, and share one time limit for that. */
	app?: string;
};

/** Work that is done once, between processes: creating a database, generating code. */
export type Task = {
	kind: 'task';
	name: string;
	dependsOn: string[];
	run: () => Promise<void>;
};

export type Step = ManagedProcess | Task;

export type ProcessState = 'waiting' | 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped';

/** What `npm run status` shows of one process. */
export type ProcessSnapshot = {
	name: string;
	state: ProcessState;
	pid: number | null;
	restarts: number;
};

/** Something that happened to a process, described by `text`. For a `line`, this is the line that the process printed. */
export type SupervisorEvent = {
	type: 'ready' | 'restarted' | 'exited' | 'killed' | 'unresponsive' | 'stopped' | 'line' | 'log-lost';
	name: string;
	text: string;
};

export type Report = (event: SupervisorEvent) => void;
