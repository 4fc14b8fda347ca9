/**
 * The parts of a Prisma client that this package uses. Every app generates its own client class, so these types describe the structure that
 * each function needs. A transaction's client has everything but `$transaction`.
 */
export interface RawExecutor {
	$executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
}

export interface RawQueryClient {
	$queryRaw<T>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
}

export interface TransactionOptions {
	/** Timeout for a connection, in ms. */
	maxWait?: number;
	/** Timeout of the transaction, in ms. */
	timeout?: number;
	isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
}

export interface TransactionRunner<Tx> {
	$transaction<R>(work: (tx: Tx) => Promise<R>, options?: TransactionOptions): Promise<R>;
}
