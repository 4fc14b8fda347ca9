import { packagesToProcess } from '../../local/src/machine/debian-packages.ts';

// For the workers' image.
process.stdout.write(`${packagesToProcess().join('\n')}\n`);
