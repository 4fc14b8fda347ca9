import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';

jest.setTimeout(60_000);

const SCRIPTS = fileURLToPath(new URL('./python/', import.meta.url));

/** Processes five pages with a task that runs `body` with `number`. Returns what the document and the observer received. */
async function workOnPages(
	body: string,
	workers: number,
): Promise<{ grafted: number[]; failed: number[]; done: number }> {
	const script = `
import json, os, sys, time
from pathlib import Path
sys.path.insert(0, ${JSON.stringify(SCRIPTS)})
sys.dont_write_bytecode = True
import page_executor
from ocrmypdf import PageContext
from ocrmypdf._pipelines._common import PageResult
from ocrmypdf._progressbar import NullProgressBar

class Observer:
    done, failed = 0, []
    def page_processed(self): self.done += 1
    def page(self, page, result, outcome):
        if outcome is None: self.failed.append(page.pageno)

class Page(PageContext):
    def __init__(self, number): self.pageno, self.work_folder = number, Path("/nonexistent")
    def __getstate__(self): return self.__dict__

def task(page):
    number = page.pageno
    ${body}
    return PageResult(pageno=number)

page_executor.observer, grafted = Observer(), []
page_executor.PageExecutor(pbar_class=NullProgressBar)(
    use_threads=False, max_workers=${workers}, progress_kwargs={}, task=task,
    task_arguments=((Page(number),) for number in range(5)),
    task_finished=lambda result, bar: grafted.append(result.pageno),
)
observer = page_executor.observer
print(json.dumps({"grafted": grafted, "failed": observer.failed, "done": observer.done}), file=open(sys.argv[1], "w"))
`;
	const output = await transform(Buffer.alloc(0), '/usr/bin/python3', ['-c', script, '{out}']);
	return JSON.parse(output.toString());
}

test.each([1, 2])('pages are returned in order, whichever is done first (%d at a time)', async (workers) => {
	const heard = await workOnPages('time.sleep(0.05 * (5 - number))', workers);
	expect(heard).toEqual({ grafted: [0, 1, 2, 3, 4], failed: [], done: 5 });
});

test.each([1, 2])(
	'a page that fails is reported, and the others continue (%d at a time)',
	async (workers) => {
		const heard = await workOnPages('1 / (number - 2)', workers);
		expect(heard).toEqual({ grafted: [0, 1, 2, 3, 4], failed: [2], done: 5 });
	},
);

test('a page that crashes its process is reported, and the others continue', async () => {
	const { grafted, failed } = await workOnPages('number == 1 and os._exit(1)', 2);
	expect({ grafted, failed }).toEqual({ grafted: [0, 1, 2, 3, 4], failed: [1] });
});
