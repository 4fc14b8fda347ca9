"""Structural similarity of gray images (Wang et al. 2004), with windows of 6 × 6 pixels, 3 apart."""
import numpy as np
from PIL import Image

_STEP = 3
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


class Reference:
    """An image to compare others with."""

    def __init__(self, picture: Image.Image) -> None:
        self.size = picture.size
        self.values = np.asarray(picture.convert("L"), np.float32)
        self.mean = _window_means(self.values)
        self.square = self.mean * self.mean
        self.variance = _window_means(self.values * self.values) - self.square

    def similarity(self, other: Image.Image) -> float:
        """Returns 1.0 for the same image, less for a different one. Images smaller than a window are compared by their levels."""
        values = np.asarray(other.convert("L"), np.float32)
        if self.mean.size == 0:
            return 1.0 - float(np.abs(self.values - values).mean()) / 255
        mean = _window_means(values)
        square, product = mean * mean, self.mean * mean
        variance = _window_means(values * values) - square
        covariance = _window_means(self.values * values) - product
        ratio = (2 * product + _C1) * (2 * covariance + _C2)
        ratio /= (self.square + square + _C1) * (self.variance + variance + _C2)
        return float(ratio.mean())


def _window_means(values: np.ndarray) -> np.ndarray:
    height, width = (side // _STEP * _STEP for side in values.shape)
    if min(height, width) < 2 * _STEP:
        return np.empty((0, 0), np.float32)
    cells = np.asarray(Image.fromarray(np.ascontiguousarray(values[:height, :width])).reduce(_STEP))
    return (cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]) / 4
