import { readFileSync, writeFileSync } from 'node:fs';
import { check } from './after.ts';
import { changeAfterBackup, fill } from './before.ts';

/** One step of `npm run rehearse:restore`: `fill`, `continue` after the backup, `check` after the restore. */
const [step, path = ''] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`  ${line}\n`);

const read = () => JSON.parse(readFileSync(path, 'utf8'));
const write = (memory: object) => writeFileSync(path, JSON.stringify(memory), { mode: 0o600 });

if (step === 'fill') write(await fill());
if (step === 'continue') write({ ...read(), lost: await changeAfterBackup(read()) });
if (step === 'check') await check(read(), new Date(process.env.TEST_STARTED_AT ?? 0), say);
