"""Compresses PDFs: tries several ways, checks each copy against the original, and keeps the smallest that passes.

usage: python3 optimizer serve     (reports when it is ready, reads one request per line)
       python3 optimizer REQUEST   (a JSON file, after the other process has crashed on the document)
A request is a JSON object with the fields of Request and the paths `source` and `target`. Prints JSON, one line each: `progress`,
and at the end what was done, or why the document is `refused`. Writes nothing to `target` if no copy is smaller. Exits 1 after
any other failure.
"""
import json
import mmap
import multiprocessing
import os
import sys
import threading
import traceback
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from failures import is_fatal, is_memory_short

# Address space that fail() releases, so that there is enough to describe a failure where memory ran out.
_RESERVE = mmap.mmap(-1, 4 * 1024 * 1024)


def start_processes() -> Executor:
    """Starts a process per core for pure Python work, which threads would run one after the other."""
    _load()
    # Before any thread starts, as threads do not survive a fork.
    pool = ProcessPoolExecutor(os.process_cpu_count() or 1, mp_context=multiprocessing.get_context("fork"))
    # The first task starts all processes.
    pool.submit(os.getpid)
    return pool


def _load() -> None:
    """Loads modules once for all processes, which inherit them. None of the modules may start a thread."""
    import fontfiles  # noqa: F401
    import rounding  # noqa: F401


def main(task: str, processes: Executor) -> None:
    # Only after the processes have started: NumPy starts threads.
    from compress import handle_request

    if task != "serve":
        emit(handle_request(json.loads(Path(task).read_bytes()), processes, emit))
        return
    emit({"ready": True})
    for line in sys.stdin:
        emit(handle_request(json.loads(line), processes, emit))
        emit({"ready": True})


def emit(message: dict[str, object]) -> None:
    """Prints a line of JSON."""
    print(json.dumps(message), flush=True)


def end(code: int) -> None:
    """Exits at once, as nothing needs the remaining renderings."""
    # Not by an exception: the interpreter would wait for threads and processes, some of which wait for a thread that has died.
    try:
        for child in multiprocessing.active_children():
            child.kill()
        # Fails when the reader of stderr has ended.
        sys.stderr.flush()
    finally:
        os._exit(code)


def fail(error: BaseException | None) -> None:
    """Prints the traceback, and whether memory is short, and exits 1, even if printing takes more memory than there is."""
    try:
        _RESERVE.close()
        traceback.print_exception(error)
        if is_memory_short():
            print("out of memory", file=sys.stderr)
    except BaseException:
        os.write(2, b"out of memory\n")
    finally:
        end(1)


def fail_with_thread(args: threading.ExceptHookArgs) -> None:
    """Fails when a thread dies: the process pool answers no request without its threads, so the main thread would wait forever."""
    fail(args.exc_value)


def fail_without_memory(args: "sys.UnraisableHookArgs") -> None:
    """Fails when memory runs out while a thread starts: Thread.start() would wait forever for a thread that died."""
    if args.exc_value is None or is_fatal(args.exc_value):
        fail(args.exc_value)
    sys.__unraisablehook__(args)


if __name__ == "__main__":
    threading.excepthook = fail_with_thread
    sys.unraisablehook = fail_without_memory
    try:
        main(sys.argv[1], start_processes())
        end(0)
    except BaseException as error:
        fail(error)
