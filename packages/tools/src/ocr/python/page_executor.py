"""Processes the pages of a document concurrently, returns them in order, and survives a page that fails."""

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

# Temporary files that are not needed after a page is recognized; a long document's would fill the disk.
PICTURES = ("rasterize_preview.jpg", "upright.tif", "rasterize.png", "pp_deskew.png", "pp_clean.png", "ocr.png", "visible.jpg")


class Observer(Protocol):
    """Receives pages. Set once by the caller of OCRmyPDF, which creates the executor."""

    def page_processed(self) -> None:
        """A page is done, in any order."""

    def page(self, page: PageContext, result: PageResult, outcome: page_work.Outcome | None) -> None:
        """Called in the order of pages; without an outcome if the page failed."""


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
                except Exception as error:  # the page is too damaged for a text layer
                    _log_failure(page, error)
                    result, outcome = untouched
                    task_finished(result, bar)
                observer.page(page, result, outcome)


def _in_order(pages, task, max_workers, initializer) -> Iterator[Work | None]:
    if max_workers == 1:
        # A single child process is slower than this process.
        for page in pages:
            work = _result_or_none(lambda page=page: _process_page(task, page), page)
            observer.page_processed()
            yield work
        return
    with _pool(max_workers, initializer) as pool:
        futures = [pool.submit(_process_page, task, page) for page in pages]
        for future in futures:
            future.add_done_callback(_notify_observer)
        for page, future in zip(pages, futures):
            yield _result_or_none(lambda page=page, future=future: _result(future, task, page, initializer), page)


def _result(future: Future[Work], task: Callable, page: PageContext, initializer: Callable) -> Work:
    try:
        return future.result()
    except BrokenProcessPool:
        # A page crashed the pool with the remaining pages: each continues in its own process.
        with _pool(1, initializer) as pool:
            return pool.submit(_process_page, task, page).result()


def _result_or_none(work: Callable[[], Work], page: PageContext) -> Work | None:
    try:
        return work()
    except Exception as error:
        _log_failure(page, error)
        return None


def _log_failure(page: PageContext, error: Exception) -> None:
    log.error("page %d failed: %s: %s", page.pageno + 1, type(error).__name__, error)


def _notify_observer(future: Future) -> None:
    if not future.cancelled() and not isinstance(future.exception(), BrokenProcessPool):
        observer.page_processed()


def _pool(max_workers: int, initializer: Callable) -> ProcessPoolExecutor:
    # Forked, as importing OCRmyPDF again takes longer than recognizing half a page.
    return ProcessPoolExecutor(max_workers, mp_context=get_context("fork"), initializer=initializer)


def _process_page(task: Callable[[PageContext], PageResult], page: PageContext) -> Work:
    work = page_work.begin(page)
    try:
        return task(page), work.outcome
    finally:
        for name in PICTURES:
            page.get_path(name).unlink(missing_ok=True)
