import { writeFileSync } from 'node:fs';
import { loadCatalog } from '../src/catalog.ts';
import { pythonParams, pythonParamsFiles } from '../src/python-params.ts';

for (const manifest of (await loadCatalog()).values())
	for (const file of pythonParamsFiles(manifest)) writeFileSync(file, pythonParams(manifest));
