import { readFileSync, writeFileSync } from 'node:fs';
import { loadCatalog } from '@creatorr/tools/catalog';
import { SCALED_OBJECT_FILE, scaledObjectFor } from './keda.ts';

const tools = (await loadCatalog()).values();
writeFileSync(SCALED_OBJECT_FILE, scaledObjectFor(tools, readFileSync(SCALED_OBJECT_FILE, 'utf8')));
