"""Decodes image XObjects with any supported filter and color space."""
import io
import struct
import subprocess
import zlib
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
_MAX_PIXELS = 150_000_000
_PLAIN = {"/DeviceGray": 1, "/CalGray": 1, "/G": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/RGB": 3, "/DeviceCMYK": 4, "/CMYK": 4}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_LOSSY = ("/DCTDecode", "/JPXDecode")
_CODED = (*_LOSSY, "/CCITTFaxDecode", "/JBIG2Decode")


@dataclass(frozen=True)
class Pixels:
    """The values of an image's components, and their origin."""

    # Mode 1, L, RGB or CMYK. /Decode is applied, except for mode 1.
    picture: Image.Image
    # Color space of the image, or None for a stencil.
    space: pikepdf.Object | None
    # Whether the source was lossily compressed.
    is_lossy: bool
    # Embedded ICC profile, if any.
    profile: bytes | None = None


@dataclass(frozen=True)
class Source:
    """What another thread needs to decode an image without its document."""

    data: bytes
    filter: str
    parms: dict[str, object]
    width: int
    height: int
    bits: int
    components: int
    palette: bytes | None
    decode: tuple[float, ...] | None
    space: pikepdf.Object | None
    profile: bytes | None
    is_stencil: bool


class Unsupported(Exception):
    """The image has an unsupported feature and stays unchanged."""


# Errors of one image, which then stays unchanged.
UNREADABLE = (
    *(Unsupported, pikepdf.PdfError, OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError),
    *(AttributeError, NotImplementedError, ZeroDivisionError, MemoryError, zlib.error, subprocess.SubprocessError),
)


def read_source(image: Stream) -> Source:
    """Reads from the document what decoding needs. Raises Unsupported."""
    width, height = int(image.Width), int(image.Height)
    if not 0 < width * height <= _MAX_PIXELS or width > 65_000 or height > 65_000:
        raise Unsupported("size")
    if "/SMaskInData" in image and int(image.SMaskInData) != 0:
        raise Unsupported("soft mask in its data")
    data, coding, parms = _coded_data(image)
    is_stencil = bool(image.get("/ImageMask", False))
    bits = 1 if is_stencil else int(image.get("/BitsPerComponent", 8))
    components, space, palette, profile = (1, None, None, None) if is_stencil else _colors(image, coding)
    if bits == 1 and (components == 1 or palette is not None):
        # The color space and /Decode define the meaning of the two values.
        components, space, palette = 1, image.get("/ColorSpace"), None
    decode = image.get("/Decode")
    return Source(
        data, coding, parms, width, height, bits,
        components, palette, tuple(float(number) for number in decode) if isinstance(decode, Array) else None,
        space, profile, is_stencil,
    )  # fmt: skip


def _coded_data(image: Stream) -> tuple[bytes, str, dict[str, object]]:
    """Returns the data before its last image filter, and that filter."""
    filters = image.get("/Filter", Array())
    filters = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    coding = filters[-1] if filters and filters[-1] in _CODED else ""
    if coding == "":
        return image.read_bytes(), "", {}
    parms = image.get("/DecodeParms", Array())
    parms = list(parms) if isinstance(parms, Array) else [parms]
    last = parms[-1] if len(parms) == len(filters) and isinstance(parms[-1], Dictionary) else Dictionary()
    raw = image.read_raw_bytes()
    for name in filters[:-1]:
        if name not in ("/FlateDecode", "/Fl"):
            raise Unsupported(name)
        raw = zlib.decompress(raw)
    return raw, coding, {key: value for key, value in last.items()}


def _colors(image: Stream, coding: str) -> tuple[int, pikepdf.Object | None, bytes | None, bytes | None]:
    space = image.get("/ColorSpace")
    if space is None:
        if coding != "/JPXDecode":
            raise Unsupported("no color space")
        return 0, None, None, None
    palette = None
    if isinstance(space, Array) and space[0] in ("/Indexed", "/I"):
        table = space[3]
        palette = table.read_bytes() if isinstance(table, Stream) else bytes(table)
        space = space[1]
    components, profile = _components(space)
    return components, space, palette, profile


def _components(space: pikepdf.Object) -> tuple[int, bytes | None]:
    name = str(space[0]) if isinstance(space, Array) else str(space)
    if name == "/ICCBased":
        components = int(space[1].N)
        if components not in _MODES:
            raise Unsupported(name)
        return components, space[1].read_bytes() if components == 4 else None
    if name == "/Separation":
        return 1, None
    if name not in _PLAIN:
        raise Unsupported(name)
    return _PLAIN[name], None


def decode(source: Source, wanted: tuple[int, int] | None = None) -> Pixels:
    """Decodes the image. A JPEG larger than `wanted` may be scaled down, but not below that."""
    if source.filter in _LOSSY:
        picture = _decode_lossy(source, wanted)
    elif source.filter == "/CCITTFaxDecode":
        picture = _decode_fax(source)
    elif source.filter == "":
        picture = _decode_samples(source)
    else:
        raise Unsupported(source.filter)
    if source.palette is not None:
        picture = _look_up(picture, source)
    elif source.decode is not None and picture.mode != "1":
        picture = _apply_decode(picture, source.decode)
    space = source.space
    if space is None and not source.is_stencil:
        space = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}.get(picture.mode)
    if picture.mode not in ("1", "L", "RGB", "CMYK") or (space is None and not source.is_stencil):
        raise Unsupported(picture.mode)
    return Pixels(picture, space, source.filter in _LOSSY, source.profile)


def _decode_lossy(source: Source, wanted: tuple[int, int] | None) -> Image.Image:
    transform = source.parms.get("/ColorTransform")
    picture = Image.open(io.BytesIO(source.data))
    if picture.format == "JPEG" and picture.mode != "L" and transform is not None and int(transform) == 0:
        raise Unsupported("color transform")
    expected = {0: picture.mode}.get(source.components, _MODES.get(source.components))
    if picture.mode != expected or source.palette is not None or picture.size != (source.width, source.height):
        raise Unsupported(picture.mode)
    if picture.format == "JPEG" and wanted is not None:
        picture.draft(picture.mode, wanted)
    return _values(picture)


def open_jpeg(data: bytes) -> Image.Image:
    """Opens a JPEG with its values as in PDF."""
    return _values(Image.open(io.BytesIO(data)))


def _values(picture: Image.Image) -> Image.Image:
    picture.load()
    if picture.mode == "CMYK" and "adobe" in picture.info:
        # Pillow inverts Adobe's CMYK.
        return picture.point(lambda value: 255 - value)
    return picture


def _decode_fax(source: Source) -> Image.Image:
    if source.bits != 1 or source.components != 1:
        raise Unsupported("CCITT data in color")
    k = int(source.parms.get("/K", 0))
    if k > 0 or source.parms.get("/EncodedByteAlign") or int(source.parms.get("/Columns", 1728)) != source.width:
        raise Unsupported("mixed fax")
    # Fax data has white as 0. TIFF with photometric 0 inverts it, like PDF by default; photometric 1 keeps it, like /BlackIs1.
    photometric = 0 if not source.parms.get("/BlackIs1", False) else 1
    tags = [
        (256, 4, source.width), (257, 4, source.height), (258, 3, 1), (259, 3, 4 if k < 0 else 3),
        (262, 3, photometric), (273, 4, 8 + 2 + 12 * 8 + 4), (278, 4, source.height), (279, 4, len(source.data)),
    ]  # fmt: skip
    head = b"II*\0" + struct.pack("<IH", 8, len(tags))
    head += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags) + struct.pack("<I", 0)
    picture = Image.open(io.BytesIO(head + source.data))
    picture.load()
    if picture.mode != "1":
        raise Unsupported(picture.mode)
    return picture


def _decode_samples(source: Source) -> Image.Image:
    """Decodes uncompressed samples of 1 to 16 bits."""
    width, height, bits, count = source.width, source.height, source.bits, source.components
    channels = 1 if source.palette is not None else count
    stride = (width * channels * bits + 7) // 8
    data = source.data
    if len(data) < stride * height:
        raise Unsupported("too little data")
    if bits == 1 and channels == 1:
        return Image.frombytes("1", (width, height), data[: stride * height])
    if bits == 16:
        data, bits = data[: stride * height : 2], 8
        stride //= 2
    if bits == 8:
        return Image.frombytes(_MODES[channels], (width, height), data[: stride * height])
    if channels != 1 or bits not in (2, 4):
        raise Unsupported(f"{bits} bits")
    picture = Image.frombytes("L", (width, height), data[: stride * height], "raw", f"L;{bits}")
    if source.palette is not None:
        top = (1 << bits) - 1
        picture = picture.point(lambda value: value * top // 255)
    return picture


def _look_up(picture: Image.Image, source: Source) -> Image.Image:
    count, palette = source.components, source.palette or b""
    if source.decode is not None or count not in (1, 3):
        raise Unsupported("palette")
    entries = palette[: 256 * count].ljust(256 * count, b"\0")
    channels = [picture.point(entries[channel::count]) for channel in range(count)]
    return channels[0] if count == 1 else Image.merge("RGB", channels)


def _apply_decode(picture: Image.Image, ranges: tuple[float, ...]) -> Image.Image:
    bands = picture.split()
    if len(ranges) < 2 * len(bands):
        raise Unsupported("decode")
    mapped = [
        band.point([round(255 * min(1, max(0, low + (high - low) * value / 255))) for value in range(256)])
        for band, low, high in zip(bands, ranges[::2], ranges[1::2], strict=False)
    ]
    return mapped[0] if len(mapped) == 1 else Image.merge(picture.mode, mapped)

