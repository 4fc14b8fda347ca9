import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import { createMigrationAdapter } from './migration-adapter.ts';

/** The part of the global that is used here. Its types come with the DOM's, which nothing else needs. */
declare const WebAssembly: {
	instantiate(
		module: Uint8Array,
		imports: Record<string, object>,
	): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** No table or enum is managed externally. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

const DATASOURCE_ONLY = 'datasource db {\n  provider = "postgresql"\n}\n';

let engineLoaded: Promise<void> | undefined;

/**
 * Runs Prisma's schema engine, compiled to WebAssembly, on this connection, and frees it afterwards.
 */
export async function withSchemaEngine<R>(
	client: pg.Client,
	work: (engine: bindings.SchemaEngine) => Promise<R>,
): Promise<R> {
	engineLoaded ??= loadEngine();
	await engineLoaded;
	const engine = await bindings.SchemaEngine.new(
		{ datamodels: [['schema.prisma', DATASOURCE_ONLY]] },
		() => undefined,
		bindMigrationAwareSqlAdapterFactory(createMigrationAdapter(client)),
	);
	try {
		return await work(engine);
	} finally {
		engine.free();
	}
}

/** Loads the engine. The package's own entry point imports the .wasm as a module, which Node and Jest support only with flags. */
async function loadEngine(): Promise<void> {
	const require = createRequire(import.meta.url);
	const directory = dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
	const wasm = await readFile(join(directory, 'schema_engine_bg.wasm'));
	Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: throwPanic } });
	const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': importsOfEngine() });
	bindings.__wbg_set_wasm(instance.exports);
	const start = instance.exports.__wbindgen_start;
	if (typeof start !== 'function') throw new Error('this is not the schema engine: it has no start function');
	start();
}

/** Replaces an import: the engine never clears the 10 s timer of its lock, which would keep every migrating process alive. */
function importsOfEngine(): Record<string, unknown> {
	const imports: Record<string, unknown> = { ...bindings };
	const name = Object.keys(imports).find((key) => key.startsWith('__wbg_setTimeout_'));
	if (name === undefined) throw new Error('this is not the schema engine: it sets no timers');
	imports[name] = (callback: () => void, delayMs: number) => setTimeout(callback, delayMs).unref();
	return imports;
}

/** Ends the process with the reason: after a panic the engine's memory is unreliable. */
function throwPanic(message: string): never {
	throw new Error(`the schema engine panicked: ${message}`);
}
