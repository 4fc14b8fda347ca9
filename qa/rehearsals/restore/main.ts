import { check } from './after.ts';
import { changeAfterBackup, fill } from './before.ts';
import { readMemory, writeMemory } from './memory.ts';

/** One step of `npm run rehearse:restore`: `fill`, `continue` after the backup, `check` after the restore. */
const [step, path = ''] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`  ${line}\n`);

if (step === 'fill') writeMemory(path, await fill());
if (step === 'continue') {
	const memory = readMemory(path);
	writeMemory(path, { ...memory, lost: await changeAfterBackup(memory) });
}
if (step === 'check') await check(readMemory(path), new Date(process.env.TEST_STARTED_AT ?? 0), say);
