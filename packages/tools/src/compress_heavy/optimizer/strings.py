"""Strings of content streams."""
import re
from collections.abc import Iterator

_STRING = re.compile(
    rb"\(((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+\))*+)\)|<([0-9A-Fa-f\s]*+)>"
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])")
_MEANING = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


def strings_in(operands: bytes) -> Iterator[bytes]:
    """Yields the bytes of each string among operands, or in an array of them."""
    for match in _STRING.finditer(operands):
        if match[1] is not None:
            yield _ESCAPE.sub(_unescaped, match[1]) if b"\\" in match[1] else match[1]
        else:
            digits = b"".join(match[2].split())
            yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 255]) if code[:1].isdigit() else _MEANING.get(code, code)
