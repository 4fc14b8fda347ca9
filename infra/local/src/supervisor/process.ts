/** A process that is kept alive: started when everything it depends on is ready, stopped before those are. */
export type ManagedProcess = {
	kind: 'process';
	/** Names the pid file, the log file and the process in every message. */
	name: string;
	dependsOn: string[];
	command: string[];
	/** What has to come before the command to give it its surroundings (a user namespace, say); each must exec. */
	prefix?: string[];
	/** The whole environment, nothing is inherited. */
	env: Record<string, string>;
	/** Resolves when the process does its work; throws when it does not yet. Called again and again. */
	checkReady: () => Promise<void>;
	readyTimeoutMs: number;
	/** For a process that can stop working without exiting: restarted once `check` has rejected for `failAfterMs` without a break. */
	liveness?: { check: () => Promise<void>; intervalMs: number; failAfterMs: number };
	stopSignal: NodeJS.Signals;
	/** How long it may take to end after the stop signal before it is killed. */
	stopTimeoutMs: number;
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

/** What happens to processes, for whoever tells the person about it. */
export type SupervisorEvent =
	| { type: 'ready'; name: string; pid: number; afterMs: number; restart: boolean }
	| { type: 'exited'; name: string; how: string; delayMs: number }
	| { type: 'killed'; name: string; timeoutMs: number }
	| { type: 'unresponsive'; name: string; reason: string }
	| { type: 'stopped'; name: string }
	| { type: 'line'; name: string; line: string }
	| { type: 'log-lost'; name: string; reason: string };

export type Report = (event: SupervisorEvent) => void;
