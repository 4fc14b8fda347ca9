import { packagesToProcess } from '../../local/src/machine/debian-packages.ts';

// For the image of the workers. By its path, as this runs before the workspace's packages are linked.
process.stdout.write(`${packagesToProcess().join('\n')}\n`);
