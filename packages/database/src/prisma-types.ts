/**
 * The parts of a Prisma client that this package uses. Every app generates a client class of its own, so these say by
 * structure what each function needs; a transaction's client has all but `$transaction`.
 */
export interface RawExecutor {
	$executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
}

export interface RawQuerier {
	$queryRaw<T>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
}

export interface TransactionOptions {
	/** How long to wait for a connection, in ms. */
	maxWait?: number;
	/** How long it may take until it is rolled back, in ms. */
	timeout?: number;
	isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
}

export interface TransactionRunner<Tx> {
	$transaction<R>(work: (tx: Tx) => Promise<R>, options?: TransactionOptions): Promise<R>;
}
