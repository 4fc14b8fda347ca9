import { currentTraceId } from '@creatorr/telemetry/span';
import winston from 'winston';
import { boundedValue } from './bounded-value.ts';
import { contextRequestId } from './context.ts';
import { prettyLine } from './pretty-line.ts';

/** A log line is an event with a name. It never contains a token, a password, a presigned URL or a file's content. */
export interface Logger {
	debug(event: string, fields?: LogFields): void;
	info(event: string, fields?: LogFields): void;
	warn(event: string, fields?: LogFields): void;
	error(event: string, fields?: LogFields): void;
}

type LogFields = Record<string, unknown> & { error?: unknown };

interface LoggerOptions {
	service: string;
	level: 'error' | 'warn' | 'info' | 'debug';
	format?: LogFormat;
}

export type LogFormat = 'json' | 'pretty';

const MAX_CAUSES = 8;

/**
 * Returns an error and its causes, at most 8, as plain fields; stacks are for the log only. A cause that is not an Error becomes
 * bounded data.
 */
export function describeError(error: unknown, causesLeft = MAX_CAUSES): unknown {
	if (!(error instanceof Error)) return boundedValue(error);
	const code = 'code' in error && error.code !== undefined ? { code: String(error.code) } : {};
	const hasCause = error.cause !== undefined && causesLeft > 0;
	const cause = hasCause ? { cause: describeError(error.cause, causesLeft - 1) } : {};
	return { name: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

/** Returns the configured format; by default pretty lines for a developer at a terminal, otherwise JSON. */
export function logFormatOf(config: { LOG_FORMAT?: LogFormat | undefined; NODE_ENV: string }): LogFormat {
	const isWatched = config.NODE_ENV === 'development' && process.stdout.isTTY === true;
	return config.LOG_FORMAT ?? (isWatched ? 'pretty' : 'json');
}

/** Writes lines to standard output, as JSON or pretty. */
export function createLogger(options: LoggerOptions): Logger {
	const render = options.format === 'pretty' ? prettyLine : JSON.stringify;
	const sink = winston.createLogger({
		level: options.level,
		format: winston.format.printf(({ level, message, ...fields }) =>
			render({
				time: new Date().toISOString(),
				level,
				service: options.service,
				event: message,
				...fields,
			}),
		),
		transports: [new winston.transports.Console()],
	});
	const write =
		(level: keyof Logger) =>
		(event: string, fields: LogFields = {}) => {
			const { error, ...rest } = fields;
			const requestId = contextRequestId();
			const traceId = currentTraceId();
			sink.log(level, event, {
				...(requestId ? { request_id: requestId } : {}),
				...(traceId ? { trace_id: traceId } : {}),
				...rest,
				...(error === undefined ? {} : { error: describeError(error) }),
			});
		};
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
