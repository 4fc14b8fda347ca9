"""Determines how a document uses its images, fonts and forms, by following every content stream."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from content import IDENTITY, Matrix, UnreadableContent, extent, matrix_of, multiply, name_in, pieces, scale
from strings import strings_in

Id = tuple[int, int]
_MAX_DEPTH = 12
# Pixels of a screen that shows a whole page.
SCREEN_PIXELS = 1600
_SHOWS_TEXT = frozenset((b"Tj", b"TJ", b"'", b'"'))


@dataclass(frozen=True)
class Placement:
    """The maximum width and height of an image, in points, and the size of a point on a screen."""

    width: float
    height: float
    pixels_per_point: float


@dataclass
class Usage:
    """How a document uses shared objects."""

    images: dict[Id, Placement] = field(default_factory=dict)
    # Maximum magnification of a form's content.
    forms: dict[Id, float] = field(default_factory=dict)
    # Strings shown in a font.
    texts: dict[Id, set[bytes]] = field(default_factory=dict)
    # Whether some content is unreadable, so that its use of objects is unknown.
    is_partial: bool = False


def usage_of(pdf: pikepdf.Pdf) -> Usage:
    """Follows the pages, their annotations, and all their forms and patterns."""
    walker = _Walker()
    for page in pdf.pages:
        walker.follow_page(page.obj)
    return walker.usage


def contents_of(page: Dictionary) -> bytes:
    """Returns the content of a page as one stream. Raises UnreadableContent."""
    contents = page.get(Name.Contents)
    parts = contents if isinstance(contents, Array) else [contents]
    return b"\n".join(bytes_of(part) for part in parts if isinstance(part, Stream))


def bytes_of(stream: Stream) -> bytes:
    """Returns the data of a content stream. Raises UnreadableContent."""
    try:
        return stream.read_bytes()
    except pikepdf.PdfError as error:
        raise UnreadableContent(str(error)) from error


def inherited(page: Dictionary, key: str) -> pikepdf.Object | None:
    """Returns an attribute that a page may inherit from the page tree."""
    for _ in range(_MAX_DEPTH * 4):
        if key in page:
            return page[key]
        parent = page.get(Name.Parent)
        if not isinstance(parent, Dictionary):
            return None
        page = parent
    return None


def longest_side(page: Dictionary) -> float:
    """Returns the longest side of a page, in its own units."""
    box = inherited(page, "/CropBox") or inherited(page, "/MediaBox") or (0, 0, 612, 792)
    left, bottom, right, top = (float(side) for side in box)
    return max(abs(right - left), abs(top - bottom)) or 792


def subdictionary(dictionary: pikepdf.Object | None, key: str) -> Dictionary | None:
    """Returns a dictionary within a dictionary, if both exist."""
    value = dictionary.get(key) if isinstance(dictionary, (Dictionary, Stream)) else None
    return value if isinstance(value, (Dictionary, Stream)) else None


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Dictionary | Stream]:
    """Yields every dictionary of a document, nested ones too."""
    for value in pdf.objects:
        yield from _within(value)


def _within(value: pikepdf.Object) -> Iterator[Dictionary | Stream]:
    if isinstance(value, (Dictionary, Stream)):
        yield value
        parts = [part for _, part in value.items()]
    else:
        parts = list(value) if isinstance(value, Array) else []
    for part in parts:
        if isinstance(part, (Dictionary, Array)) and not part.is_indirect:
            yield from _within(part)


def appearances(annotation: Dictionary) -> Iterator[Stream]:
    """Yields the appearance streams of an annotation."""
    for kind in (subdictionary(subdictionary(annotation, "/AP"), key) for key in ("/N", "/R", "/D")):
        if isinstance(kind, Stream):
            yield kind
        elif isinstance(kind, Dictionary):
            yield from (state for _, state in kind.items() if isinstance(state, Stream))


def _matrix_into(form: Stream, annotation: Dictionary) -> Matrix:
    """Returns the matrix that fits an appearance into its annotation."""
    sides = [_sides(annotation.get("/Rect")), _sides(form.get("/BBox"))]
    factors = [shown / own for shown, own in zip(*sides, strict=True) if own > 0]
    largest = max(factors, default=1.0) or 1.0
    return (largest, 0, 0, largest, 0, 0)


def _sides(box: pikepdf.Object | None) -> tuple[float, float]:
    if not isinstance(box, Array) or len(box) != 4:
        return 1.0, 1.0
    left, bottom, right, top = (float(side) for side in box)
    return abs(right - left), abs(top - bottom)


class _Walker:
    def __init__(self) -> None:
        self.usage = Usage()
        self.pixels_per_point = 0.0
        # The scale at which a stream was followed, by its id.
        self.followed: dict[tuple[Id, Id | None], float] = {}

    def follow_page(self, page: Dictionary) -> None:
        unit = float(page.get("/UserUnit", 1))
        self.pixels_per_point = SCREEN_PIXELS / longest_side(page) / unit
        resources = inherited(page, "/Resources")
        self.follow(lambda: contents_of(page), resources, (unit, 0, 0, unit, 0, 0), 0)
        annotations = page.get(Name.Annots)
        for annotation in annotations if isinstance(annotations, Array) else ():
            if isinstance(annotation, Dictionary):
                for form in appearances(annotation):
                    self.follow_form(form, resources, _matrix_into(form, annotation), 0)

    def follow_form(self, form: Stream, resources: Dictionary | None, matrix: Matrix, depth: int) -> None:
        own = form.get("/Matrix")
        matrix = multiply(tuple(float(number) for number in own), matrix) if own is not None else matrix
        size = scale(matrix)
        # A form without its own resources differs by the resources it inherits.
        inherited_id = None if "/Resources" in form or resources is None else resources.objgen
        key = (form.objgen, inherited_id)
        if depth > _MAX_DEPTH or self.followed.get(key, -1.0) >= size:
            return
        self.followed[key] = size
        self.usage.forms[form.objgen] = max(size, self.usage.forms.get(form.objgen, 0.0))
        self.follow(lambda: bytes_of(form), subdictionary(form, "/Resources") or resources, matrix, depth + 1)

    def follow(
        self, read: Callable[[], bytes], resources: Dictionary | None, matrix: Matrix, depth: int
    ) -> None:
        try:
            self.follow_patterns(resources, matrix, depth)
            self.follow_operators(read(), resources, matrix, depth)
        except (UnreadableContent, pikepdf.PdfError, ValueError, TypeError):
            self.usage.is_partial = True

    def follow_patterns(self, resources: Dictionary | None, matrix: Matrix, depth: int) -> None:
        for kind in ("/Pattern", "/Font"):
            for _, value in (subdictionary(resources, kind) or Dictionary()).items():
                if isinstance(value, Stream):
                    self.follow_form(value, resources, IDENTITY, depth)
                for _, glyph in (subdictionary(value, "/CharProcs") or Dictionary()).items():
                    self.follow_form(glyph, subdictionary(value, "/Resources") or resources, IDENTITY, depth)
        for _, state in (subdictionary(resources, "/ExtGState") or Dictionary()).items():
            group = subdictionary(subdictionary(state, "/SMask"), "/G")
            if isinstance(group, Stream):
                self.follow_form(group, resources, matrix, depth)

    def follow_operators(self, data: bytes, resources: Dictionary | None, matrix: Matrix, depth: int) -> None:
        stack: list[tuple[Matrix, Id | None]] = []
        font: Id | None = None
        for match in pieces(data):
            operator = match["operator"]
            if operator == b"q":
                stack.append((matrix, font))
            elif operator == b"Q":
                if stack:
                    matrix, font = stack.pop()
            elif operator == b"cm":
                matrix = multiply(matrix_of(match["operands"]), matrix)
            elif operator == b"Tf":
                font = self.font(match["operands"], resources)
            elif operator == b"Do":
                drawn = subdictionary(subdictionary(resources, "/XObject"), name_in(match["operands"]) or "/")
                self.draw(drawn, resources, matrix, depth)
            elif operator in _SHOWS_TEXT and font is not None:
                self.usage.texts.setdefault(font, set()).update(strings_in(match["operands"]))
            elif operator == b"gs":
                state = subdictionary(subdictionary(resources, "/ExtGState"), name_in(match["operands"]) or "/")
                if state is not None and "/Font" in state:
                    font = state.Font[0].objgen

    def font(self, operands: bytes, resources: Dictionary | None) -> Id | None:
        name = operands[: operands.rfind(b" ")] if b" " in operands.strip() else operands
        found = subdictionary(subdictionary(resources, "/Font"), name_in(name) or "/")
        return found.objgen if found is not None else None

    def draw(self, drawn: Stream | None, resources: Dictionary | None, matrix: Matrix, depth: int) -> None:
        if not isinstance(drawn, Stream):
            return
        if drawn.get("/Subtype") == "/Form":
            self.follow_form(drawn, resources, matrix, depth)
        elif drawn.get("/Subtype") == "/Image":
            self.place(drawn, extent(matrix))
            for mask in (drawn.get("/SMask"), drawn.get("/Mask")):
                if isinstance(mask, Stream):
                    self.place(mask, extent(matrix))

    def place(self, image: Stream, size: tuple[float, float]) -> None:
        known = self.usage.images.get(image.objgen, Placement(0, 0, 0))
        self.usage.images[image.objgen] = Placement(
            max(known.width, size[0]),
            max(known.height, size[1]),
            max(known.pixels_per_point, self.pixels_per_point),
        )
