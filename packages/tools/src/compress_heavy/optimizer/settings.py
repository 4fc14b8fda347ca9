"""Maps a quality from 1 to 100 to settings."""
from dataclasses import dataclass, replace

# quality: resolution in dpi, JPEG quality, similarity (SSIM) of a page on a screen, error of a coordinate in points.
# Interpolated between these points. At 70 a page looks the same on a screen, and scanned text is sharp at twice its size.
_POINTS = {
    1: (50, 5, 0.70, 0.10),
    40: (120, 20, 0.90, 0.05),
    70: (175, 30, 0.95, 0.05),
    90: (240, 65, 0.98, 0.02),
    100: (400, 92, 0.99, 0.002),
}
_KEEPS_CMYK_FROM = 90
# An image must be this much more similar than its page.
_IMAGE_MARGIN = 0.004
# Stricter settings raise the similarity of images at least by this, and never above the maximum.
_MIN_STEP, _MAX_SIMILARITY = 0.012, 0.998


@dataclass(frozen=True)
class Settings:
    """The allowed losses."""

    # Color and gray images are scaled down to this resolution; black-and-white ones to twice as much.
    dpi: float
    # Minimum JPEG quality; an image that looks different gets a higher one.
    jpeg: int
    # Minimum similarity of a page to the original, at 100 dpi.
    similarity: float
    # Minimum similarity of an image, stricter than that of its page.
    image_similarity: float
    # Maximum error of a coordinate, in points.
    tolerance: float
    # Whether CMYK images are converted for screens.
    is_for_screens: bool
    grayscale: bool = False
    # Whether fonts and content streams are rewritten.
    rewrites: bool = True


def settings_of(quality: int, image_dpi: int | None = None, grayscale: bool = False) -> Settings:
    """Returns the settings of a quality. `image_dpi` overrides its resolution."""
    upper = min(point for point in _POINTS if point >= quality)
    lower = max(point for point in _POINTS if point <= quality)
    share = (quality - lower) / (upper - lower) if upper > lower else 0.0
    dpi, jpeg, similarity, tolerance = (
        low + share * (high - low) for low, high in zip(_POINTS[lower], _POINTS[upper], strict=True)
    )
    return Settings(
        float(image_dpi or dpi), round(jpeg), similarity, similarity + _IMAGE_MARGIN, tolerance, quality < _KEEPS_CMYK_FROM, grayscale
    )


def stricter_settings(settings: Settings, missing: float) -> Settings:
    """Returns settings for a page whose similarity was too low by `missing`, because of its images."""
    image_similarity = min(_MAX_SIMILARITY, settings.image_similarity + max(_MIN_STEP, 2 * missing))
    return replace(settings, image_similarity=image_similarity)
