import type { Logger } from '@creatorr/service/logger';

const ignore = () => undefined;

/** Logs nothing unless TEST_LOG is set. */
export const silent: Logger = process.env.TEST_LOG
	? {
			debug: ignore,
			info: (event, fields) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
			warn: (event, fields) =>
				process.stderr.write(`${event} ${JSON.stringify(fields)} ${String(fields?.error)}\n`),
			error: (event, fields) =>
				process.stderr.write(`${event} ${JSON.stringify(fields)} ${String(fields?.error)}\n`),
		}
	: { debug: ignore, info: ignore, warn: ignore, error: ignore };
