import { readFileSync, writeFileSync } from 'node:fs';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { SCALED_OBJECT_FILE, scaledObjectFor } from './keda.ts';

const tools = (await loadCatalogue()).values();
writeFileSync(SCALED_OBJECT_FILE, scaledObjectFor(tools, readFileSync(SCALED_OBJECT_FILE, 'utf8')));
