"""Drops redundant operators of content streams."""
from collections.abc import Iterable, Iterator

Operation = tuple[bytes, bytes]

# The part of the graphics state that each operator sets.
_SLOTS = {
    **dict.fromkeys((b"g", b"rg", b"k"), "fill"),
    **dict.fromkeys((b"G", b"RG", b"K"), "stroke"),
    **{operator: operator.decode() for operator in (b"w", b"J", b"j", b"M", b"i", b"d")},
}
# The parts of the graphics state that are unknown after each operator.
_UNKNOWN_AFTER = {
    **dict.fromkeys((b"cs", b"sc", b"scn"), ("fill",)),
    **dict.fromkeys((b"CS", b"SC", b"SCN"), ("stroke",)),
    b"gs": ("w", "J", "j", "M", "i", "d", "opaque"),
}
_BUILDS_PATH = frozenset((b"m", b"l", b"c", b"v", b"y"))
_ROUND = b"1"
_SOLID = b"[]0"
# Some viewers take long to stroke a path of many lines.
_MAX_LINES = 400


def drop_redundant(operations: Iterable[Operation], opaque: frozenset[bytes]) -> Iterator[Operation]:
    """Drops operators that set the current state again, and joins consecutive strokes of the same kind.

    `opaque` names the graphics states with opaque strokes, for which crossing lines look the same if they are joined.
    """
    return _Filter(opaque).run(operations)


class _Filter:
    def __init__(self, opaque: frozenset[bytes]) -> None:
        self.opaque = opaque
        self.state: dict[str, bytes | None] = {"opaque": b"yes"}
        self.stack: list[dict[str, bytes | None]] = []
        self.point: bytes | None = None
        self.is_simple = True
        self.is_stroke_due = False
        self.lines = 0

    def run(self, operations: Iterable[Operation]) -> Iterator[Operation]:
        for operands, operator in operations:
            if self.is_stroke_due:
                self.is_stroke_due = False
                if operator == b"m" and operands == self.point:
                    continue
                self.start_path()
                yield b"", b"S"
            if operator in _BUILDS_PATH:
                self.extend(operands, operator)
            elif operator == b"S" and self.can_wait():
                self.is_stroke_due = True
                continue
            elif not self.keeps(operands, operator):
                continue
            yield operands, operator
        if self.is_stroke_due:
            yield b"", b"S"

    def start_path(self) -> None:
        self.lines, self.is_simple, self.point = 0, True, None

    def extend(self, operands: bytes, operator: bytes) -> None:
        self.lines += 1
        self.point = b" ".join(operands.split()[-2:])

    def can_wait(self) -> bool:
        """Whether a line may continue where the next one begins: a round join looks like the two round caps that it replaces."""
        is_solid = self.state.get("d", _SOLID) == _SOLID
        is_round = self.state.get("J") == _ROUND and self.state.get("j") == _ROUND
        return self.is_simple and self.lines < _MAX_LINES and is_solid and is_round and self.is_opaque()

    def is_opaque(self) -> bool:
        return self.state.get("opaque") == b"yes"

    def keeps(self, operands: bytes, operator: bytes) -> bool:
        """Follows an operator outside of paths. Returns False if it sets the current value."""
        slot = _SLOTS.get(operator)
        if slot is not None:
            value = operands + operator if slot in ("fill", "stroke") else operands.replace(b" ", b"") if slot == "d" else operands
            if self.state.get(slot) == value:
                return False
            self.state[slot] = value
        elif operator == b"q":
            self.stack.append(dict(self.state))
        elif operator == b"Q":
            self.state = self.stack.pop() if self.stack else {}
        elif operator in _UNKNOWN_AFTER:
            self.forget(operands, operator)
        elif operator in (b"re", b"h", b"W", b"W*"):
            # Only paths of open lines wait for others to join.
            self.is_simple = False
        else:
            self.start_path()
        return True

    def forget(self, operands: bytes, operator: bytes) -> None:
        if operator == b"gs" and operands in self.opaque:
            return
        for slot in _UNKNOWN_AFTER[operator]:
            self.state[slot] = None
