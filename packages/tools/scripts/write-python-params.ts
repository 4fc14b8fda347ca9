import { writeFileSync } from 'node:fs';
import { loadCatalogue } from '../src/catalogue.ts';
import { pythonParams, pythonParamsFiles } from '../src/python-params.ts';

for (const manifest of (await loadCatalogue()).values())
	for (const file of pythonParamsFiles(manifest)) writeFileSync(file, pythonParams(manifest));
