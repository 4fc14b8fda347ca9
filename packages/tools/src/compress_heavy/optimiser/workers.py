"""Processes for work that is Python from end to end, which threads would do one after the other."""
import os
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context


def start_processes() -> Executor:
    """One for each core. To be called before there is any thread, as threads do not survive a fork."""
    count = os.process_cpu_count() or 1
    pool = ProcessPoolExecutor(count, mp_context=get_context("fork"), initializer=_load)
    # All of them are started by the first that is asked for.
    pool.submit(os.getpid)
    return pool


def _load() -> None:
    """What the work needs, while nobody waits for it."""
    import fontfiles  # noqa: F401
    import rounding  # noqa: F401
