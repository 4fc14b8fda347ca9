import { writeFileSync } from 'node:fs';
import { billOfMaterials } from './bill-of-materials.ts';

/** `npm run sbom -- [FILE]`: writes it there, or to the terminal. */
const [file] = process.argv.slice(2);
const document = `${await billOfMaterials(new Date())}\n`;
if (file === undefined) process.stdout.write(document);
else writeFileSync(file, document);
