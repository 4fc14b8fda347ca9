"""Classifies failures by whether another method may avoid them, and describes them for the log."""
import errno
import re
import resource
import traceback
from concurrent.futures import BrokenExecutor
from pathlib import Path

_MAX_CHARACTERS = 2000
_RESOURCES = (errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EAGAIN, errno.EMFILE)
_RESOURCE_MESSAGES = re.compile(r"bad_alloc|Cannot allocate memory|out of memory|File too large|No space left", re.IGNORECASE)


def is_fatal(error: BaseException) -> bool:
    """Whether this process can't continue in any way: it ran out of memory, disk or processes."""
    if isinstance(error, (MemoryError, BrokenExecutor)) or isinstance(error, OSError) and error.errno in _RESOURCES:
        return True
    return bool(_RESOURCE_MESSAGES.search(str(error))) or is_memory_short()


def is_memory_short() -> bool:
    """Whether so much memory is used that its lack most likely caused the failure. Few libraries report it."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    peak = re.search(r"^VmPeak:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return limit != resource.RLIM_INFINITY and peak is not None and int(peak[1]) * 1024 > limit / 2


def description(error: BaseException) -> str:
    """Returns the end of the traceback."""
    return "".join(traceback.format_exception(error))[-_MAX_CHARACTERS:]
