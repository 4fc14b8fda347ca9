"""Ways to write a picture into a PDF."""
import io
import subprocess
import tempfile
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from flate import compress


@dataclass(frozen=True)
class Encoded:
    """A stream's data, and the entries of its dictionary that say how to read it."""

    data: bytes
    bits: int
    filter: str
    parms: dict[str, int] = field(default_factory=dict)
    # For an image of a palette: its colours, one after the other.
    palette: bytes | None = None


def jpeg(picture: Image.Image, quality: int, is_sharp: bool = False) -> Encoded:
    """Progressive, with its colours at half the resolution unless they have to be sharp."""
    if picture.mode == "CMYK":
        # Pillow turns these values over when it writes them.
        picture = picture.point(lambda value: 255 - value)
    target = io.BytesIO()
    subsampling = 0 if is_sharp or quality >= 90 else 2
    picture.save(target, "JPEG", quality=quality, optimize=True, progressive=True, subsampling=subsampling)
    return Encoded(target.getvalue(), 8, "/DCTDecode")


def lossless(picture: Image.Image, is_draft: bool = False) -> Encoded:
    """Samples behind whichever of PNG's predictors suits each row, or none."""
    values = np.asarray(picture)
    height, width = values.shape[:2]
    channels = 1 if values.ndim == 2 else values.shape[2]
    plain, filtered = values.tobytes(), _filtered(values.reshape(height, width * channels), channels)
    if len(compress(plain, is_draft=True)) <= len(compress(filtered, is_draft=True)):
        return Encoded(compress(plain, is_draft), 8, "/FlateDecode")
    parms = {"/Predictor": 15, "/Colors": channels, "/Columns": width}
    return Encoded(compress(filtered, is_draft), 8, "/FlateDecode", parms)


def _filtered(rows: np.ndarray, channels: int) -> bytes:
    """Each row by the predictor that leaves the smallest differences, which is PNG's own rule of thumb."""
    left = np.zeros_like(rows)
    left[:, channels:] = rows[:, :-channels]
    up = np.zeros_like(rows)
    up[1:] = rows[:-1]
    average = ((left.astype(np.uint16) + up) // 2).astype(np.uint8)
    kinds = {0: rows, 1: rows - left, 2: rows - up, 3: rows - average, 4: rows - _paeth(left, up, channels)}
    costs = np.stack([np.abs(kind.view(np.int8).astype(np.int16)).sum(axis=1) for kind in kinds.values()])
    best = costs.argmin(axis=0).astype(np.uint8)
    chosen = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    chosen[:, 0] = best
    for number, kind in kinds.items():
        chosen[best == number, 1:] = kind[best == number]
    return chosen.tobytes()


def _paeth(left: np.ndarray, up: np.ndarray, channels: int) -> np.ndarray:
    corner = np.zeros_like(up)
    corner[:, channels:] = up[:, :-channels]
    a, b, c = (side.astype(np.int16) for side in (left, up, corner))
    to_left, to_up, to_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where(to_up <= to_corner, b, c)
    return np.where((to_left <= to_up) & (to_left <= to_corner), a, nearest).astype(np.uint8)


def indexed(picture: Image.Image, is_draft: bool = False) -> Encoded | None:
    """A palette of the picture's own colours; None where it has too many."""
    found = picture.getcolors(256)
    if found is None:
        return None
    table = sorted((colour if isinstance(colour, tuple) else (colour,)) for _, colour in found)
    values = np.asarray(picture)
    if values.ndim == 2:
        lookup = np.zeros(256, np.uint8)
        lookup[[colour[0] for colour in table]] = range(len(table))
        indices = lookup[values]
    else:
        keys = (values[..., 0].astype(np.uint32) << 16) | (values[..., 1].astype(np.uint32) << 8) | values[..., 2]
        known = np.array([(red << 16) | (green << 8) | blue for red, green, blue in table], np.uint32)
        indices = np.searchsorted(known, keys).astype(np.uint8)
    bits = next(bits for bits in (1, 2, 4, 8) if len(table) <= 1 << bits)
    data = compress(_packed(indices, bits), is_draft)
    return Encoded(data, bits, "/FlateDecode", palette=bytes(value for colour in table for value in colour))


def quantised(picture: Image.Image, colours: int) -> Image.Image:
    """The picture in so few colours."""
    return picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert(picture.mode)


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
    """JBIG2's generic coding, in which nothing is lost and no letter is taken for another."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        picture.save(file, "PNG", compress_level=1)
        file.flush()
        made = subprocess.run(["jbig2", "-p", file.name], capture_output=True, check=True, timeout=120)
    flate = compress(picture.tobytes())
    if len(flate) <= len(made.stdout):
        return Encoded(flate, 1, "/FlateDecode")
    return Encoded(made.stdout, 1, "/JBIG2Decode")
