import { check } from './after.ts';
import { fill, goOn } from './before.ts';
import { readMemory, writeMemory } from './memory.ts';

/** One act of the rehearsal that `npm run rehearse:restore` is: `fill`, `go-on` after the backup, `check` after the restore. */
const [act, path = ''] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`  ${line}\n`);

if (act === 'fill') writeMemory(path, await fill());
if (act === 'go-on') {
	const memory = readMemory(path);
	writeMemory(path, { ...memory, lost: await goOn(memory) });
}
if (act === 'check') await check(readMemory(path), new Date(process.env.TEST_STARTED_AT ?? 0), say);
