"""Limits the CPU time of programs that draw pages: a short file can describe a page that takes years."""
import math
import os
import resource
import signal
import subprocess
from threading import Lock


class TooSlow(Exception):
    """The budget is spent."""


class Budget:
    """CPU time, in seconds, of several runs of programs together."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._lock = Lock()

    @property
    def is_spent(self) -> bool:
        return self._left <= 0

    def run(self, *command: str) -> bytes:
        """Returns the output of a command. Raises TooSlow when the budget is spent, CalledProcessError if the command fails otherwise."""
        if self.is_spent:
            raise TooSlow
        with subprocess.Popen(limited(self._left, command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            output = process.stdout.read()
            # Not wait(): it does not return the CPU time.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        with self._lock:
            self._left -= usage.ru_utime + usage.ru_stime
        if process.returncode == -signal.SIGKILL:
            self._left = 0
            raise TooSlow
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command[0])
        return output


def limited(seconds: float, command: "list[str] | tuple[str, ...]") -> list[str]:
    """Returns a command that the kernel kills after so much CPU time."""
    _, own = resource.getrlimit(resource.RLIMIT_CPU)
    limit = max(1, math.ceil(seconds))
    # A process can't raise its own limit.
    limit = limit if own == resource.RLIM_INFINITY else min(limit, own)
    return ["prlimit", f"--cpu={limit}", "--", *command]
