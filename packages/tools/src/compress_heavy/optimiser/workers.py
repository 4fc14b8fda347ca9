"""Processes for work that is Python from end to end, which threads would do one after the other."""
import os
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context


def start_processes() -> Executor:
    """One for each core. To be called before there is any thread, as threads do not survive a fork."""
    pool = ProcessPoolExecutor(os.process_cpu_count(), mp_context=get_context("fork"))
    # While the document is being opened, one of them loads what knows fonts.
    pool.submit(_load_fonts)
    return pool


def _load_fonts() -> None:
    import fontfiles  # noqa: F401
