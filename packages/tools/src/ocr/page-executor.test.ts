import { fileURLToPath } from 'node:url';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';

jest.setTimeout(60_000);

const SCRIPTS = fileURLToPath(new URL('./python/', import.meta.url));

/** Bodies of tasks that process the page `number`. */
const TASKS = {
	takes_longer_for_earlier_pages: 'time.sleep(0.05 * (5 - number))',
	fails: '1 / (number - 2)',
	crashes: 'number == 1 and os._exit(1)',
};

/** What the document and the observer received of five pages. */
interface Received {
	grafted: number[];
	failed: number[];
	done: number;
}

const received = new Map<string, Received>();
const resultOf = (task: keyof typeof TASKS, workers: number) => received.get(`${task} ${workers}`);

beforeAll(async () => {
	const tasks = Object.entries(TASKS).map(
		([name, body]) => `
def ${name}(page):
    number = page.pageno
    ${body}
    return PageResult(pageno=number)`,
	);
	// In one process, because loading OCRmyPDF takes longer than all tasks.
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
    def __init__(self): self.done, self.failed = 0, []
    def page_processed(self): self.done += 1
    def page(self, page, result, outcome):
        if outcome is None: self.failed.append(page.pageno)

class Page(PageContext):
    def __init__(self, number): self.pageno, self.work_folder = number, Path("/nonexistent")
    def __getstate__(self): return self.__dict__
${tasks.join('\n')}

def process(task, workers):
    page_executor.observer, grafted = Observer(), []
    page_executor.PageExecutor(pbar_class=NullProgressBar)(
        use_threads=False, max_workers=workers, progress_kwargs={}, task=task,
        task_arguments=((Page(number),) for number in range(5)),
        task_finished=lambda result, bar: grafted.append(result.pageno),
    )
    observer = page_executor.observer
    return f"{task.__name__} {workers}", {"grafted": grafted, "failed": observer.failed, "done": observer.done}

runs = [(takes_longer_for_earlier_pages, 1), (takes_longer_for_earlier_pages, 2), (fails, 1), (fails, 2), (crashes, 2)]
json.dump([process(*run) for run in runs], open(sys.argv[1], "w"))
`;
	const output = await transform(Buffer.alloc(0), '/usr/bin/python3', ['-c', script, '{out}']);
	for (const [key, one] of JSON.parse(output.toString()) as [string, Received][]) received.set(key, one);
}, 60_000);

test.each([1, 2])('pages are returned in order, whichever is done first (%d at a time)', (workers) => {
	expect(resultOf('takes_longer_for_earlier_pages', workers)).toEqual({
		grafted: [0, 1, 2, 3, 4],
		failed: [],
		done: 5,
	});
});

test.each([1, 2])('a page that fails is reported, and the others continue (%d at a time)', (workers) => {
	expect(resultOf('fails', workers)).toEqual({ grafted: [0, 1, 2, 3, 4], failed: [2], done: 5 });
});

test('a page that crashes its process is reported, and the others continue', () => {
	expect(resultOf('crashes', 2)).toMatchObject({ grafted: [0, 1, 2, 3, 4], failed: [1] });
});
