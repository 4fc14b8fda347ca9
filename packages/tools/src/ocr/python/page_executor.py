"""Works on the pages of a document side by side, hands them on in their order, and lives with a page that fails."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Protocol

import page_work
from ocrmypdf import PageContext
from ocrmypdf._pipelines._common import PageResult
from ocrmypdf.builtin_plugins.concurrency import StandardExecutor

log = logging.getLogger(__name__)

# Their part is done once the page is read, and a long document's would fill the disk.
PICTURES = ("rasterize_preview.jpg", "upright.tif", "rasterize.png", "pp_deskew.png", "pp_clean.png", "ocr.png", "visible.jpg")


class Observer(Protocol):
    """Who is told of pages; set once by whoever runs OCRmyPDF, which makes the executor by itself."""

    def page_worked_on(self) -> None:
        """Some page is done, in no order."""

    def page(self, page: PageContext, result: PageResult, outcome: page_work.Outcome | None) -> None:
        """In the order of pages; without an outcome where the page failed."""


observer: Observer

Work = tuple[PageResult, page_work.Outcome]


class PageExecutor(StandardExecutor):
    def _execute(self, *, max_workers, worker_initializer, task, task_arguments, task_finished, **rest):
        arguments = list(task_arguments)
        if not arguments or not isinstance(arguments[0][0], PageContext):
            super()._execute(
                max_workers=max_workers,
                worker_initializer=worker_initializer,
                task=task,
                task_arguments=arguments,
                task_finished=task_finished,
                **rest,
            )
            return
        pages = [page for (page,) in arguments]
        with self.pbar_class(**rest["progress_kwargs"]) as bar:
            for page, work in zip(pages, _in_order(pages, task, max_workers, worker_initializer)):
                untouched = PageResult(pageno=page.pageno), None
                result, outcome = work or untouched
                try:
                    task_finished(result, bar)
                except Exception as error:  # the page is too damaged for text to be laid upon it
                    _log_failure(page, error)
                    result, outcome = untouched
                    task_finished(result, bar)
                observer.page(page, result, outcome)


def _in_order(pages, task, max_workers, initializer) -> Iterator[Work | None]:
    if max_workers == 1:
        # No process is as quick as none.
        for page in pages:
            work = _survive(lambda page=page: _work_on(task, page), page)
            observer.page_worked_on()
            yield work
        return
    with _pool(max_workers, initializer) as pool:
        futures = [pool.submit(_work_on, task, page) for page in pages]
        for future in futures:
            future.add_done_callback(_tell)
        for page, future in zip(pages, futures):
            yield _survive(lambda page=page, future=future: _result(future, task, page, initializer), page)


def _result(future: Future[Work], task: Callable, page: PageContext, initializer: Callable) -> Work:
    try:
        return future.result()
    except BrokenProcessPool:
        # One page took the pool with it and all that was still to come: each goes on in a process of its own.
        with _pool(1, initializer) as pool:
            return pool.submit(_work_on, task, page).result()


def _survive(work: Callable[[], Work], page: PageContext) -> Work | None:
    try:
        return work()
    except Exception as error:
        _log_failure(page, error)
        return None


def _log_failure(page: PageContext, error: Exception) -> None:
    log.error("page %d failed: %s: %s", page.pageno + 1, type(error).__name__, error)


def _tell(future: Future) -> None:
    if not future.cancelled() and not isinstance(future.exception(), BrokenProcessPool):
        observer.page_worked_on()


def _pool(max_workers: int, initializer: Callable) -> ProcessPoolExecutor:
    # Forked, as importing OCRmyPDF anew takes longer than reading half a page.
    return ProcessPoolExecutor(max_workers, mp_context=get_context("fork"), initializer=initializer)


def _work_on(task: Callable[[PageContext], PageResult], page: PageContext) -> Work:
    work = page_work.begin(page)
    try:
        return task(page), work.outcome
    finally:
        for name in PICTURES:
            page.get_path(name).unlink(missing_ok=True)
