"""Converts the colors of text, lines and gradients: to gray, or from CMYK to sRGB."""
import io
from collections.abc import Callable
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageCms

from content import UnreadableContent, name_in, pieces
from rounding import format_number
from walk import Usage, bytes_of, contents_of, dictionaries, inherited, subdictionary

Convert = Callable[[str, list[float]], list[float] | None]
_FAMILIES = {"/DeviceGray": "gray", "/CalGray": "gray", "/DeviceRGB": "rgb", "/CalRGB": "rgb", "/DeviceCMYK": "cmyk"}
_BY_COMPONENTS = {1: "gray", 3: "rgb", 4: "cmyk"}
_COLOR_OPERATORS = {b"g": "gray", b"rg": "rgb", b"k": "cmyk", b"G": "gray", b"RG": "rgb", b"K": "cmyk"}
_FILLS, _STROKES = {1: b"g", 3: b"rg"}, {1: b"G", 3: b"RG"}
_DIGITS = 4


def to_gray(family: str, values: list[float]) -> list[float] | None:
    """Returns the luminance of a color."""
    if family == "rgb":
        return [0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2]]
    if family == "cmyk":
        return [max(0.0, 1 - (0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2]) - values[3])]
    return None


@cache
def cmyk_to_srgb_transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    """Returns the transform from the profile's CMYK to sRGB. Throws PyCMSError for an unusable profile."""
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), "CMYK", "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip


def cmyk_to_srgb(profile: bytes) -> Convert:
    """Returns the conversion of CMYK colors to those of a screen."""
    transform = cmyk_to_srgb_transform(profile)

    def convert(family: str, values: list[float]) -> list[float] | None:
        if family != "cmyk":
            return None
        ink = Image.new("CMYK", (1, 1), tuple(round(255 * min(1.0, max(0.0, value))) for value in values))
        return [value / 255 for value in ImageCms.applyTransform(ink, transform).getpixel((0, 0))]

    return convert


class Recoloring:
    """Converts every color of a document, and records whether any was left unchanged."""

    def __init__(self, convert: Convert) -> None:
        self.convert = convert
        self.is_partial = False

    def apply(self, pdf: pikepdf.Pdf, usage: Usage) -> None:
        for page in pdf.pages:
            resources = inherited(page.obj, "/Resources")
            written = self.rewritten(lambda: contents_of(page.obj), resources)
            if written is not None:
                page.obj.Contents = pdf.make_stream(written)
        for identity in usage.forms:
            form = pdf.get_object(identity)
            written = self.rewritten(lambda: bytes_of(form), subdictionary(form, "/Resources"))
            if written is not None:
                form.write(written)
        for value in list(dictionaries(pdf)):
            if "/ShadingType" in value:
                self.recolor_shading(pdf, value)

    def rewritten(self, read: Callable[[], bytes], resources: pikepdf.Object | None) -> bytes | None:
        try:
            return b"\n".join(_ContentRecoloring(self, resources).operations(read()))
        except (UnreadableContent, ValueError, IndexError):
            self.is_partial = True
            return None

    def recolor_shading(self, pdf: pikepdf.Pdf, shading: Dictionary) -> None:
        family = family_of(shading.get("/ColorSpace"))
        if family == "gray" or self.convert(family or "", [0.0] * 4) is None:
            self.is_partial |= family is None
            return
        function = shading.get("/Function")
        recolored = self.recolored_function(pdf, function, family) if isinstance(function, (Dictionary, Stream)) else None
        if recolored is None:
            self.is_partial = True
            return
        count = len(self.convert(family, [0.0] * 4) or ())
        shading.Function = recolored
        shading.ColorSpace = Name.DeviceGray if count == 1 else Name.DeviceRGB
        if "/Background" in shading:
            shading.Background = Array(self.convert(family, [float(value) for value in shading.Background]) or [])

    def recolored_function(self, pdf: pikepdf.Pdf, function: Dictionary, family: str) -> Dictionary | None:
        """Converts RGB to gray exactly, because that is linear. Other conversions are exact only at the ends or samples of the function."""
        if function.FunctionType == 2:
            ends = {key: [float(value) for value in function.get(key, Array())] for key in ("/C0", "/C1")}
            converted = {key: self.convert(family, values) for key, values in ends.items() if len(values) > 1}
            if len(converted) != 2 or None in converted.values():
                return None
            copied = {key: value for key, value in function.items() if key not in converted and key != "/Range"}
            return Dictionary({**copied, **{key: Array(values) for key, values in converted.items()}})
        if function.FunctionType == 3:
            parts = [self.recolored_function(pdf, part, family) for part in function.Functions]
            if None in parts:
                return None
            copied = {key: value for key, value in function.items() if key not in ("/Functions", "/Range")}
            return Dictionary({**copied, "/Functions": Array(parts)})
        return self.recolored_samples(pdf, function, family) if function.FunctionType == 0 else None

    def recolored_samples(self, pdf: pikepdf.Pdf, function: Stream, family: str) -> Stream | None:
        count = {"rgb": 3, "cmyk": 4}[family]
        if function.BitsPerSample != 8 or "/Decode" in function or list(function.Range) != [0, 1] * count:
            return None
        data = function.read_bytes()
        colors = [data[at : at + count] for at in range(0, len(data) // count * count, count)]
        known = {color: self.convert(family, [value / 255 for value in color]) or [] for color in set(colors)}
        recolored = pdf.make_stream(bytes(round(255 * value) for color in colors for value in known[color]))
        for key, value in function.items():
            if key not in ("/Length", "/Filter", "/DecodeParms"):
                recolored[key] = value
        recolored.Range = Array([0, 1] * len(next(iter(known.values()))))
        return recolored


class _ContentRecoloring:
    """Follows one content stream: the current color spaces, and the colors set in them."""

    def __init__(self, recoloring: Recoloring, resources: pikepdf.Object | None) -> None:
        self.recoloring = recoloring
        self.spaces = subdictionary(resources, "/ColorSpace")
        self.current: tuple[str | None, str | None] = ("gray", "gray")
        self.stack: list[tuple[str | None, str | None]] = []

    def operations(self, data: bytes):
        for match in pieces(data):
            operator = match["operator"]
            if operator is None:
                self.recoloring.is_partial = True
                yield match[0]
                continue
            yield self.operation(match["operands"].strip(), operator)

    def operation(self, operands: bytes, operator: bytes) -> bytes:
        fill, stroke = self.current
        if operator == b"q":
            self.stack.append(self.current)
        elif operator == b"Q" and self.stack:
            self.current = self.stack.pop()
        elif operator == b"cs":
            self.current = (self.family(operands), stroke)
        elif operator == b"CS":
            self.current = (fill, self.family(operands))
        elif operator in _COLOR_OPERATORS:
            family = _COLOR_OPERATORS[operator]
            self.current = (family, stroke) if operator.islower() else (fill, family)
            return self.recolored(operands, operator, family)
        elif operator in (b"sc", b"scn"):
            return self.recolored(operands, operator, fill)
        elif operator in (b"SC", b"SCN"):
            return self.recolored(operands, operator, stroke)
        return operands + b" " + operator if operands else operator

    def family(self, operands: bytes) -> str | None:
        name = name_in(operands) or ""
        space = self.spaces.get(name) if self.spaces is not None else None
        return family_of(space if space is not None else Name(name or "/None"))

    def recolored(self, operands: bytes, operator: bytes, family: str | None) -> bytes:
        if family is None or b"/" in operands:
            # Spot colors and patterns. Patterns are converted separately.
            self.recoloring.is_partial |= b"/" not in operands
            return operands + b" " + operator
        converted = self.recoloring.convert(family, [float(number) for number in operands.split()])
        if converted is None:
            return operands + b" " + operator
        names = _FILLS if operator.islower() else _STROKES
        return b" ".join([*(format_number(number, _DIGITS) for number in converted), names[len(converted)]])


def family_of(space: pikepdf.Object | None) -> str | None:
    """Returns the family of a color space; None for spot colors, palettes and patterns."""
    if isinstance(space, Array) and len(space) > 1 and space[0] == "/ICCBased":
        return _BY_COMPONENTS.get(int(space[1].get("/N", 0)))
    return _FAMILIES.get(str(space[0] if isinstance(space, Array) and len(space) else space))
