"""Encodes images for PDF."""
import io
import struct
import subprocess
import tempfile
import zlib
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from flate import compress


# Below this size, starting the encoder takes longer than it saves.
_SMALL_BILEVEL = 800


@dataclass(frozen=True)
class Encoded:
    """A stream's data, with the entries of its dictionary that describe the encoding."""

    data: bytes
    bits: int
    filter: str
    parms: dict[str, int] = field(default_factory=dict)
    # For a palette image: its colors in order.
    palette: bytes | None = None


def jpeg(picture: Image.Image, quality: int, is_sharp: bool = False, is_draft: bool = False) -> Encoded:
    """Encodes a progressive JPEG, with chroma subsampling unless `is_sharp`. A draft has the same appearance."""
    if picture.mode == "CMYK":
        # Pillow inverts these values when it writes them.
        picture = picture.point(lambda value: 255 - value)
    target = io.BytesIO()
    subsampling = 0 if is_sharp or quality >= 90 else 2
    is_best = not is_draft
    picture.save(
        target, "JPEG", quality=quality, optimize=is_best, progressive=is_best, subsampling=subsampling
    )
    return Encoded(target.getvalue(), 8, "/DCTDecode")


def lossless(picture: Image.Image, is_draft: bool = False) -> Encoded:
    """Encodes samples with the best PNG predictor for each row, or none."""
    plain, filtered = picture.tobytes(), _filtered(picture)
    if len(compress(plain, is_draft=True)) <= len(compress(filtered, is_draft=True)):
        return Encoded(compress(plain, is_draft), 8, "/FlateDecode")
    parms = {"/Predictor": 15, "/Colors": len(picture.getbands()), "/Columns": picture.width}
    return Encoded(compress(filtered, is_draft), 8, "/FlateDecode", parms)


def _filtered(picture: Image.Image) -> bytes:
    """Returns the rows as in a PNG, each after its predictor."""
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=1)
    png = target.getvalue()
    data, position = [], len(b"\x89PNG\r\n\x1a\n")
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"IDAT":
            data.append(png[position + 8 : position + 8 + length])
        position += 12 + length
    return zlib.decompress(b"".join(data))


def indexed(picture: Image.Image, is_draft: bool = False) -> Encoded | None:
    """Encodes a palette of the image's colors; returns None if it has too many."""
    found = picture.getcolors(256)
    if found is None:
        return None
    table = sorted((color if isinstance(color, tuple) else (color,)) for _, color in found)
    values = np.asarray(picture)
    if values.ndim == 2:
        lookup = np.zeros(256, np.uint8)
        lookup[[color[0] for color in table]] = range(len(table))
        indices = lookup[values]
    else:
        keys = (values[..., 0].astype(np.uint32) << 16) | (values[..., 1].astype(np.uint32) << 8) | values[..., 2]
        known = np.array([(red << 16) | (green << 8) | blue for red, green, blue in table], np.uint32)
        indices = np.searchsorted(known, keys).astype(np.uint8)
    bits = next(bits for bits in (1, 2, 4, 8) if len(table) <= 1 << bits)
    data = compress(_packed(indices, bits), is_draft)
    return Encoded(data, bits, "/FlateDecode", palette=bytes(value for color in table for value in color))


def quantized(picture: Image.Image, colors: int) -> Image.Image:
    """Reduces the image to this number of colors."""
    return picture.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert(picture.mode)


def _packed(indices: np.ndarray, bits: int) -> bytes:
    if bits == 8:
        return indices.tobytes()
    per_byte = 8 // bits
    height, width = indices.shape
    padded = np.zeros((height, -(-width // per_byte) * per_byte), np.uint8)
    padded[:, :width] = indices
    parts = padded.reshape(height, -1, per_byte)
    shifts = np.arange(per_byte - 1, -1, -1, dtype=np.uint8) * bits
    return np.bitwise_or.reduce(parts << shifts, axis=2).astype(np.uint8).tobytes()


def bilevel(picture: Image.Image) -> Encoded:
    """Encodes with JBIG2's generic coding, which is lossless and substitutes no symbols."""
    rows = picture.tobytes()
    draft = len(compress(rows, is_draft=True))
    if draft < _SMALL_BILEVEL:
        return Encoded(compress(rows), 1, "/FlateDecode")
    with tempfile.NamedTemporaryFile(suffix=".pbm") as file:
        picture.save(file, "PPM")
        file.flush()
        jbig2 = subprocess.run(["jbig2", "-p", file.name], capture_output=True, check=True, timeout=120).stdout
    plain = compress(rows) if draft < 2 * len(jbig2) else None
    if plain is not None and len(plain) <= len(jbig2):
        return Encoded(plain, 1, "/FlateDecode")
    return Encoded(jbig2, 1, "/JBIG2Decode")
