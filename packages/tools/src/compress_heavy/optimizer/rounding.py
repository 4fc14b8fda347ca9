"""Rewrites a content stream with no more digits than visible."""
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from content import Matrix, UnreadableContent, matrix_of, multiply, pieces, scale
from strokes import Operation, drop_redundant

_DECIMAL = re.compile(rb"-?\d*\.\d+")
# In arrays of TJ, strings stand between the numbers and must not change.
_TJ = re.compile(rb"\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+\)|<[0-9A-Fa-f\s]*+>|(-?\d*\.\d+)")
_SPACE = re.compile(rb"[\s\0]+")
_PATH = frozenset((b"m", b"l", b"c", b"v", b"y", b"re"))
_COLOR = frozenset((b"g", b"G", b"rg", b"RG", b"k", b"K", b"sc", b"SC", b"scn", b"SCN"))
_TEXT_MOVES = frozenset((b"Td", b"TD"))
_COLOR_DIGITS = 4
_MATRIX_DIGITS = 6


@dataclass(frozen=True)
class Content:
    """A content stream with its magnification, tolerance and opaque graphics states."""

    data: bytes
    scale: float
    tolerance: float
    opaque: frozenset[bytes]


def round_content(content: Content) -> bytes | None:
    """Returns the same content in fewer bytes; None if it is unreadable."""
    writer = _Writer((content.scale, 0, 0, content.scale, 0, 0), content.tolerance)
    try:
        operations = drop_redundant((writer.piece(match) for match in pieces(content.data)), content.opaque)
        return b"\n".join(operands + b" " + operator if operands else operator for operands, operator in operations)
    except (UnreadableContent, ValueError, IndexError):
        return None


def _rounder(digits: int) -> Callable[[re.Match[bytes]], bytes]:
    cache: dict[bytes, bytes] = {}

    def rounded(match: re.Match[bytes]) -> bytes:
        text = match[0]
        known = cache.get(text)
        if known is None:
            known = cache[text] = format_number(float(text), digits)
        return known

    return rounded


def format_number(number: float, digits: int) -> bytes:
    """Formats a number with as few characters as possible."""
    text = f"{number:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        return b"0"
    return re.sub(r"^(-?)0\.", r"\1.", text).encode()


class _Writer:
    def __init__(self, matrix: Matrix, tolerance: float) -> None:
        self.tolerance = tolerance
        self.matrix = matrix
        self.text_scale = 1.0
        self.stack: list[Matrix] = []
        self.rounders: dict[int, Callable[[re.Match[bytes]], bytes]] = {}
        self.set_path_digits()

    def rounder(self, digits: int) -> Callable[[re.Match[bytes]], bytes]:
        if digits not in self.rounders:
            self.rounders[digits] = _rounder(digits)
        return self.rounders[digits]

    def digits(self, factor: float) -> int:
        """Returns the decimals that keep a number with this magnification within the tolerance."""
        error = 0.5 * scale(self.matrix) * factor / self.tolerance
        return max(0, min(6, math.ceil(math.log10(error)))) if error > 1e-9 else 0

    def set_path_digits(self) -> None:
        self.path = self.rounder(self.digits(1))

    def piece(self, match: re.Match[bytes]) -> Operation:
        operator = match["operator"]
        if operator is None:
            return b"", match[0]
        operands = match["operands"]
        if operator in _PATH:
            operands = _DECIMAL.sub(self.path, operands)
        elif operator == b"q":
            self.stack.append(self.matrix)
        elif operator == b"Q":
            if self.stack:
                self.matrix = self.stack.pop()
                self.set_path_digits()
        elif operator == b"cm":
            operands = self.concatenate(operands)
        elif operator in _COLOR and b"/" not in operands:
            operands = _DECIMAL.sub(self.rounder(_COLOR_DIGITS), operands)
        elif operator == b"BT":
            self.text_scale = 1.0
        elif operator == b"Tm":
            operands = self.text_matrix(operands)
        elif operator in _TEXT_MOVES:
            # Each begins where the previous one ended, so errors accumulate over a page.
            operands = _DECIMAL.sub(self.rounder(self.digits(10 * self.text_scale)), operands)
        elif operator == b"TJ":
            operands = _TJ.sub(_kerning, operands)
        return operands.strip(), operator

    def concatenate(self, operands: bytes) -> bytes:
        matrix = matrix_of(operands)
        text = self.format_matrix(matrix, self.digits(10))
        self.matrix = multiply(matrix, self.matrix)
        self.set_path_digits()
        return text

    def text_matrix(self, operands: bytes) -> bytes:
        matrix = matrix_of(operands)
        self.text_scale = scale(matrix)
        return self.format_matrix(matrix, self.digits(1))

    def format_matrix(self, matrix: Matrix, digits: int) -> bytes:
        linear = [format_number(number, _MATRIX_DIGITS) for number in matrix[:4]]
        return b" ".join(linear + [format_number(number, digits) for number in matrix[4:]])


def _kerning(match: re.Match[bytes]) -> bytes:
    # Kerning is in thousandths of the font size.
    return match[0] if match[1] is None else format_number(float(match[1]), 0)
