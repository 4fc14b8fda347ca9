import { check } from './after.ts';
import { changeAfterBackup, fill } from './before.ts';
import { readMemory, writeMemory } from './memory.ts';

/** One step of `npm run rehearse:restore`: `fill`, `go-on` after the backup, `check` after the restore. */
const [act, path = ''] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`  ${line}\n`);

if (act === 'fill') writeMemory(path, await fill());
if (act === 'go-on') {
	const memory = readMemory(path);
	writeMemory(path, { ...memory, lost: await changeAfterBackup(memory) });
}
if (act === 'check') await check(readMemory(path), new Date(process.env.TEST_STARTED_AT ?? 0), say);
