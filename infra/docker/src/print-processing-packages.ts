import { PACKAGES_TO_PROCESS } from '../../local/src/machine/debian-packages.ts';

// For the workers' image.
process.stdout.write(`${PACKAGES_TO_PROCESS.join('\n')}\n`);
