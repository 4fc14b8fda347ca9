import { join } from 'node:path';
import { runOnProduct } from './checks/run-on-product.ts';
import { runCommand } from './stack/command.ts';
import { REPOSITORY } from './stack/settings.ts';

/** Is qa/fuzz/main.ts on a product of its own. */
await runCommand((stop) => runOnProduct(join(REPOSITORY, 'qa', 'fuzz', 'main.ts'), stop));
