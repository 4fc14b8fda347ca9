"""A LibreOffice process, controlled over a pipe."""

import os
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.uno import Exception as UnoException

from office_profile import PROGRAM, write_profile

OPTIONS = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"]
POLL_SECONDS = 0.005
# LibreOffice exits with this code to be restarted, for example after it has set up its profile.
RESTART = 81
ENVIRONMENT = {"SAL_USE_VCLPLUGIN": "svp", "SAL_DISABLE_OPENCL": "1", "SAL_DISABLE_SKIA": "1"}


def command(profile: Path, *arguments: str) -> list[str]:
    """Returns the command. `soffice` would only detect Java, show a splash screen and start the same program."""
    return [str(PROGRAM / "soffice.bin"), *OPTIONS, f"-env:UserInstallation={profile.as_uri()}", *arguments]


def properties(values: dict) -> tuple:
    """Converts named values for UNO."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Office:
    """LibreOffice, started and connected."""

    def __init__(self, profile: Path) -> None:
        write_profile(profile)
        self._pipe = f"office{os.getpid()}"
        self._command = command(profile, f"--accept=pipe,name={self._pipe};urp;")
        self._process = self._start()
        self.context = self._connect()
        self.desktop = self.create("com.sun.star.frame.Desktop")

    def create(self, service: str):
        """Creates an instance of a service in LibreOffice's process."""
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def written_bytes(self) -> int:
        """Returns the bytes written since its start."""
        counters = Path(f"/proc/{self._process.pid}/io").read_text().splitlines()
        return next(int(line.partition(":")[2]) for line in counters if line.startswith("wchar:"))

    def has_ended(self) -> bool:
        """Whether the process has ended. Sends a request, as the connection ends before the process."""
        try:
            self.desktop.getImplementationName()
        except UnoException:
            self._process.wait()
        return self._process.poll() is not None

    def _start(self) -> subprocess.Popen:
        # LibreOffice's output must not look like a response.
        return subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env={**os.environ, **ENVIRONMENT}
        )

    def _connect(self):
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        while True:
            try:
                return resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
            except NoConnectException:
                code = self._process.poll()
                if code == RESTART:
                    self._process = self._start()
                elif code is not None:
                    sys.exit(f"LibreOffice ended with {code} instead of starting")
                time.sleep(POLL_SECONDS)
