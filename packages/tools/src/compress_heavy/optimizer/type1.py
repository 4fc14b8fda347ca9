"""Parses Type 1 font programs, also incomplete ones."""
import re
from dataclasses import dataclass

from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.misc.psCharStrings import T1CharString

_EEXEC_KEY, _CHARSTRING_KEY = 55665, 4330
_SUBR = re.compile(rb"dup\s+(\d+)\s+(\d+)\s+(?:RD|-\||\S+) ")
_GLYPH = re.compile(rb"/(\S+)\s+(\d+)\s+(?:RD|-\||\S+) ")
_CODE = re.compile(rb"dup\s+(\d+)\s*/(\S+)\s+put")
_MATRIX = re.compile(rb"/FontMatrix\s*\[([^\]]*)\]")
Matrix = tuple[float, ...]
_STANDARD_MATRIX = (0.001, 0.0, 0.0, 0.001, 0.0, 0.0)


@dataclass(frozen=True)
class Type1:
    """A font program: its outlines by name, and the names of its codes."""

    glyphs: dict[str, T1CharString]
    encoding: dict[int, str]
    # From font units to text space.
    matrix: Matrix

    @property
    def has_standard_matrix(self) -> bool:
        return self.matrix == _STANDARD_MATRIX


def parse_type1(data: bytes) -> Type1:
    """Throws ValueError for an unsupported program."""
    start = data.find(b"eexec")
    if start < 0 or data[:1] == b"\x80":
        raise ValueError("no encrypted part, or one in segments")
    clear, start = data[:start], start + len(b"eexec")
    while data[start : start + 1] in (b" ", b"\r", b"\n", b"\t"):
        start += 1
    coded = data[start:]
    if re.fullmatch(rb"[0-9A-Fa-f\s]{4}", coded[:4]):
        digits = re.match(rb"[0-9A-Fa-f\s]*", coded)[0]
        coded = bytes.fromhex(b"".join(digits.split())[: len(digits) // 2 * 2].decode())
    private = _decrypted(coded, _EEXEC_KEY)[4:]
    matrix = _MATRIX.search(clear)
    if matrix is None:
        raise ValueError("no em size")
    skipped = re.search(rb"/lenIV\s+(-?\d+)", private)
    glyphs = _charstrings(private, int(skipped[1]) if skipped else 4)
    return Type1(glyphs, _encoding(clear), tuple(float(number) for number in matrix[1].split()))


def _charstrings(private: bytes, skipped: int) -> dict[str, T1CharString]:
    begin = private.find(b"/CharStrings")
    if begin < 0 or skipped < 0:
        raise ValueError("no outlines")
    subrs: list[T1CharString] = []
    for number, code in _binaries(_SUBR, private, max(0, private.find(b"/Subrs")), begin):
        while len(subrs) <= int(number):
            subrs.append(T1CharString(b"\x0b", subrs=subrs))
        subrs[int(number)] = T1CharString(_plain(code, skipped), subrs=subrs)
    return {
        name.decode("latin-1"): T1CharString(_plain(code, skipped), subrs=subrs)
        for name, code in _binaries(_GLYPH, private, begin + len(b"/CharStrings"), len(private))
    }


def _binaries(pattern: re.Pattern[bytes], data: bytes, position: int, end: int):
    """Yields named binary data of a stated length."""
    while (match := pattern.search(data, position, end)) is not None:
        position = match.end() + int(match[2])
        yield match[1], data[match.end() : position]


def _plain(code: bytes, skipped: int) -> bytes:
    return _decrypted(code, _CHARSTRING_KEY)[skipped:]


def _decrypted(data: bytes, key: int) -> bytes:
    plain = bytearray(len(data))
    for at, cipher in enumerate(data):
        plain[at] = cipher ^ (key >> 8)
        key = ((cipher + key) * 52845 + 22719) & 0xFFFF
    return bytes(plain)


def _encoding(clear: bytes) -> dict[int, str]:
    if re.search(rb"/Encoding\s+StandardEncoding", clear):
        return {code: name for code, name in enumerate(StandardEncoding) if name != ".notdef"}
    return {int(code): name.decode("latin-1") for code, name in _CODE.findall(clear)}
