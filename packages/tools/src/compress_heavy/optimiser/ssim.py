"""Structural similarity of two grey pictures (Wang et al. 2004), over windows of 6 × 6 pixels, 3 apart."""
import numpy as np

_STEP = 3
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def _sums(pixels: np.ndarray) -> np.ndarray:
    height, width = (side // _STEP for side in pixels.shape)
    blocks = pixels[: height * _STEP, : width * _STEP].reshape(height, _STEP, width, _STEP)
    cells = np.add.reduce(np.add.reduce(blocks, axis=3), axis=1)
    return cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """1.0 for the same, lower the less alike. Pictures of less than 6 pixels a side are compared as a whole."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    if min(a.shape) < 2 * _STEP:
        return 1.0 - float(np.abs(a - b).mean()) / 255
    count = float((2 * _STEP) ** 2)
    mean_a, mean_b = _sums(a) / count, _sums(b) / count
    variance_a = _sums(a * a) / count - mean_a * mean_a
    variance_b = _sums(b * b) / count - mean_b * mean_b
    covariance = _sums(a * b) / count - mean_a * mean_b
    likeness = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    likeness /= (mean_a * mean_a + mean_b * mean_b + _C1) * (variance_a + variance_b + _C2)
    return float(likeness.mean())
