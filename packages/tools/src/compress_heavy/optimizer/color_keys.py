"""Color keys: ranges of an image's values that are not painted (ISO 32000-1, 8.9.6.4)."""
import io

import numpy as np
from PIL import Image

from pixels import Source, Unsupported

Key = tuple[int, ...]
_MODES = {"/DCTDecode": ("L", "RGB")}
# Size of the neighborhood whose visible color replaces hidden pixels.
_NEAR = 8


def hidden_pixels(source: Source, key: Key) -> np.ndarray:
    """Returns which pixels the key hides, row by row. Raises Unsupported if the values can't be determined exactly."""
    values = _values(source)
    if len(key) != 2 * values.shape[2]:
        raise Unsupported("a color key of another color space")
    lows, highs = np.array(key[::2]), np.array(key[1::2])
    return ((values >= lows) & (values <= highs)).all(axis=2)


def _values(source: Source) -> np.ndarray:
    """Returns the stored values, before /Decode and palette: height × width × components."""
    if source.filter in _MODES:
        picture = Image.open(io.BytesIO(source.data))
        if picture.mode not in _MODES[source.filter] or picture.size != (source.width, source.height):
            raise Unsupported(picture.mode)
        values = np.asarray(picture)
    elif source.filter == "":
        values = _samples(source)
    else:
        raise Unsupported(source.filter)
    return values.reshape(source.height, source.width, -1)


def _samples(source: Source) -> np.ndarray:
    channels = 1 if source.palette is not None else source.components
    count, bits = source.width * channels, source.bits
    stride = (count * bits + 7) // 8
    if bits not in (1, 2, 4, 8, 16) or len(source.data) < stride * source.height:
        raise Unsupported(f"{bits} bits")
    rows = np.frombuffer(source.data, np.uint8, stride * source.height).reshape(source.height, stride)
    if bits == 16:
        return rows.view(">u2")
    if bits == 8:
        return rows
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    values = (rows[..., None] >> shifts) & ((1 << bits) - 1)
    return values.reshape(source.height, -1)[:, :count]


def fill_hidden_pixels(picture: Image.Image, hidden: np.ndarray) -> Image.Image:
    """Fills hidden pixels with the color of visible ones around them, so that nothing mixes with the key's color."""
    values = np.asarray(picture).astype(np.float32).reshape(*hidden.shape, -1)
    weight = (~hidden).astype(np.float32)
    total = max(1.0, float(weight.sum()))
    mean = (values * weight[..., None]).sum(axis=(0, 1)) / total
    shares = _blurred(weight)
    channels = []
    for channel, average in enumerate(mean):
        near = _blurred(values[..., channel] * weight) / np.maximum(shares, 1e-3)
        around = np.where(shares > 1e-2, near, average)
        channels.append(np.where(hidden, around, values[..., channel]))
    filled = np.clip(np.rint(np.stack(channels, axis=2)), 0, 255).astype(np.uint8)
    return Image.fromarray(filled[..., 0] if filled.shape[2] == 1 else filled, picture.mode)


def _blurred(plane: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(plane, "F")
    small = tuple(max(1, side // _NEAR) for side in picture.size)
    return np.asarray(picture.resize(small, Image.Resampling.BOX).resize(picture.size, Image.Resampling.BILINEAR))
