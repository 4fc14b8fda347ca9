"""Reads content streams: an event for each operator, and the size at which everything is drawn."""
import math
import re
from collections.abc import Iterator

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_STRING = rb"\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+\))*+\)"
_HEX = rb"<[0-9A-Fa-f\s]*+>"
_NUMBER = rb"[-+.\d]+"
_NAME = rb"/[^\s()<>\[\]{}/%]*+"
_SPACE = rb"[\s\0]*+"

# Operands and operator, an inline image up to its end, or a comment.
PIECE = re.compile(
    rb"(?P<inline>\bBI(?=[\s/])[\s\S]*?\sID\s[\s\S]*?\sEI(?=\s[\t\n\r -~]{8}|[\s\0]*[\t\n\r -~]{0,8}$))"
    rb"|(?P<comment>%[^\r\n]*+)"
    rb"|(?P<operands>(?:(?:" + rb"|".join((_NUMBER, _NAME, _STRING, _HEX, rb"<<|>>|[\[\]]"))
    + rb"|\b(?:true|false|null)\b)" + _SPACE + rb")*+)(?P<operator>[A-Za-z'\"][A-Za-z0-9*]*+)" + _SPACE
    + rb"|(?P<space>[\s\0]+)"
)
TOKEN = re.compile(rb"|".join((_STRING, _HEX, _NAME, _NUMBER, rb"<<|>>|[\[\]]|true|false|null")))


class UnreadableContent(Exception):
    """The stream has a syntax error, so its effect is unknown and it must stay unchanged."""


def pieces(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yields the operators of a content stream with their operands, in order."""
    end = 0
    for match in PIECE.finditer(data):
        if match.start() != end:
            raise UnreadableContent(f"unexpected bytes at {end}")
        end = match.end()
        if match["space"] is None and match["comment"] is None:
            yield match
    if end != len(data):
        raise UnreadableContent(f"unexpected bytes at {end}")


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """Returns the matrix that applies `first`, then `second`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def matrix_of(operands: bytes) -> Matrix:
    """Parses six numbers as a matrix."""
    try:
        numbers = tuple(float(number) for number in operands.split())
    except ValueError as error:
        raise UnreadableContent(str(error)) from error
    if len(numbers) != 6:
        raise UnreadableContent("a matrix without its six numbers")
    return numbers


def extent(matrix: Matrix) -> tuple[float, float]:
    """Returns the lengths of the transformed sides of the unit square."""
    a, b, c, d, _, _ = matrix
    return math.hypot(a, b), math.hypot(c, d)


def scale(matrix: Matrix) -> float:
    """Returns the maximum magnification of the matrix."""
    return max(extent(matrix))


def name_in(operands: bytes) -> str | None:
    """Returns the last name among operands, as pikepdf writes it."""
    start = operands.rfind(b"/")
    if start < 0:
        return None
    raw = operands[start:].split()[0]
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), raw).decode("latin-1")
