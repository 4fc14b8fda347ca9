import type { Exchange } from './exchange.ts';

/** Lines are written together so often. */
const FLUSH_MS = 50;
const FLUSH_CHARACTERS = 64 * 1024;

/** One line a request. */
export interface AccessLog {
	/** Writes the line once the exchange is over. */
	watch(exchange: Exchange): void;
	flush(): void;
}

/** Every value is an id, a number or a name of ours: nothing needs escaping. */
function lineOf({ requestId, operation, res, startedAtMs, answeredBy }: Exchange): string {
	const time = new Date().toISOString();
	const durationMs = Math.round(performance.now() - startedAtMs);
	const named = operation ? `,"operation":"${operation.id}"` : '';
	const status = answeredBy ? `,"status":${res.statusCode}` : '';
	const left = res.writableFinished ? '' : ',"disconnected":true';
	return `{"time":"${time}","level":"info","service":"gateway","event":"http.request","request_id":"${requestId}"${named}${status},"duration_ms":${durationMs}${left}}\n`;
}

/**
 * The same event that the services log, made by hand and written in batches: through the logger, line by line, it would cost
 * a fifth of what the gateway can do. The last lines, at most 50 ms of them, are lost when the process is killed.
 */
export function createAccessLog(options: { enabled: boolean; write(lines: string): void }): AccessLog {
	let lines = '';
	let timer: NodeJS.Timeout | undefined;

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		if (lines !== '') options.write(lines);
		lines = '';
	}

	function add(line: string): void {
		lines += line;
		if (lines.length > FLUSH_CHARACTERS) flush();
		else timer ??= setTimeout(flush, FLUSH_MS);
	}

	return {
		watch(exchange) {
			if (options.enabled) exchange.res.once('close', () => add(lineOf(exchange)));
		},
		flush,
	};
}
