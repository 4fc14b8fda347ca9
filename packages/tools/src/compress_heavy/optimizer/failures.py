"""Tells failures that another way of compressing may avoid from those that it can't, and describes them for the log."""
import errno
import re
import resource
import traceback
from concurrent.futures import BrokenExecutor
from pathlib import Path

_MOST_CHARACTERS = 2000
_RESOURCES = (errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EAGAIN, errno.EMFILE)
_SAID = re.compile(r"bad_alloc|Cannot allocate memory|out of memory|File too large|No space left", re.IGNORECASE)


def is_fatal(error: BaseException) -> bool:
    """Whether this process can go on in no other way: memory, disk or processes ran out."""
    if isinstance(error, (MemoryError, BrokenExecutor)) or isinstance(error, OSError) and error.errno in _RESOURCES:
        return True
    return bool(_SAID.search(str(error))) or is_memory_short()


def is_memory_short() -> bool:
    """Whether so much of it is taken that what went wrong was most likely the lack of more; few libraries say so themselves."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    peak = re.search(r"^VmPeak:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return limit != resource.RLIM_INFINITY and peak is not None and int(peak[1]) * 1024 > limit / 2


def description(error: BaseException) -> str:
    """The end of the traceback."""
    return "".join(traceback.format_exception(error))[-_MOST_CHARACTERS:]
