/** Writes the aliases of tool commands from their manifests to src/generated/aliases.ts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '@creatorr/tools/catalog';

const aliases = [...(await loadCatalog()).values()].flatMap(({ slug, cliAlias }) =>
	cliAlias === undefined ? [] : [[cliAlias, slug]],
);
const directory = join(import.meta.dirname, '..', 'src', 'generated');
mkdirSync(directory, { recursive: true });
writeFileSync(
	join(directory, 'aliases.ts'),
	`export const ALIASES: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(aliases))};\n`,
);
