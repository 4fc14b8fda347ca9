import { PrismaPg } from '@prisma/adapter-pg';
import {
	ColumnTypeEnum,
	DriverAdapterError,
	isDriverAdapterError,
	type SqlDriverAdapter,
	type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * Appended to every migration, so that one transaction applies the migration and records it as finished: a process that is killed does
 * both or neither.
 */
const RECORD_FINISHED =
	'\n;\nUPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;\n';

/** Creates @prisma/adapter-pg as the schema engine needs it: it reads the catalog's "char" columns and runs scripts whole. */
export function createMigrationAdapter(client: pg.Client): SqlMigrationAwareDriverAdapterFactory {
	const { pool, charColumnsOf } = createOneClientPool(client);
	const prismaPg = new PrismaPg(pool);
	return {
		provider: prismaPg.provider,
		adapterName: prismaPg.adapterName,
		connect: async () => adapt(await prismaPg.connect(), charColumnsOf),
		connectToShadowDb: async () => {
			throw new Error('the schema engine asked for a shadow database, which is not supported here');
		},
	};
}

function adapt(adapter: SqlDriverAdapter, charColumnsOf: (rows: object) => number[]): SqlDriverAdapter {
	return {
		provider: adapter.provider,
		adapterName: adapter.adapterName,
		queryRaw: async (query) => {
			const result = await adapter.queryRaw(query);
			for (const column of charColumnsOf(result.rows)) result.columnTypes[column] = ColumnTypeEnum.Character;
			return result;
		},
		executeRaw: (query) => adapter.executeRaw(query),
		executeScript: (script) => runWholeScript(adapter, script),
		startTransaction: async () => {
			throw new Error('the schema engine began a transaction, which is not supported here');
		},
		dispose: () => adapter.dispose(),
	};
}

/**
 * Runs a script as one simple query, which PostgreSQL runs as one transaction. The adapter's own method splits at every semicolon, even
 * within a function's body.
 */
async function runWholeScript(adapter: SqlDriverAdapter, script: string): Promise<void> {
	try {
		await adapter.executeRaw({ sql: script + RECORD_FINISHED, args: [], argTypes: [] });
	} catch (error) {
		throw isDriverAdapterError(error) ? asPostgresError(error) : error;
	}
}

/** Converts an error of the adapter. The engine can't handle the original, and replaces the message of some SQLSTATEs with its own. */
function asPostgresError(error: DriverAdapterError): DriverAdapterError {
	const { originalCode, originalMessage } = error.cause;
	if (originalCode === undefined || originalMessage === undefined) return error;
	return new DriverAdapterError({
		kind: 'postgres',
		code: '',
		severity: 'ERROR',
		message: `${originalMessage} (SQLSTATE ${originalCode})`,
		detail: undefined,
		column: undefined,
		hint: undefined,
	});
}

/**
 * Returns a pool that passes every query to one connection. The adapter accepts only a pool, and a real pool drops its connection with all
 * locks when a query fails. The adapter refuses "char" columns, so they are passed as text; `charColumnsOf` returns which columns of a
 * result these were.
 */
function createOneClientPool(client: pg.Client) {
	const charColumns = new WeakMap<object, number[]>();
	const query = async (config: pg.QueryArrayConfig) => {
		const result: pg.QueryArrayResult | pg.QueryArrayResult[] = await client.query(config);
		// A script of several statements returns an array of results.
		if (Array.isArray(result)) return result;
		const chars = result.fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : []));
		for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
		charColumns.set(result.rows, chars);
		return result;
	};
	const pool = Object.assign(new pg.Pool(), { query });
	return { pool, charColumnsOf: (rows: object) => charColumns.get(rows) ?? [] };
}
