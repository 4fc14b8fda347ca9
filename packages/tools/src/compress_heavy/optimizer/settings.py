"""What a quality from 1 to 100 means."""
from dataclasses import dataclass, replace

# quality: resolution in dpi, JPEG quality, likeness (SSIM) of a page on a screen, error of a coordinate in points.
# Between these points all run straight. At 70 a page looks the same on a screen, and scanned text is crisp at twice its size.
_POINTS = {
    1: (50, 5, 0.70, 0.10),
    40: (120, 20, 0.90, 0.05),
    70: (175, 30, 0.95, 0.05),
    90: (240, 65, 0.98, 0.02),
    100: (400, 92, 0.99, 0.002),
}
_KEEPS_CMYK_FROM = 90
_MARGIN, _LEAST_STEP, _MOST_LIKENESS = 0.004, 0.012, 0.998


@dataclass(frozen=True)
class Settings:
    """How much may be given up."""

    # Color and gray images of a higher resolution are brought down to this one; black-and-white ones to twice as much.
    dpi: float
    # The lowest quality of JPEG that is tried; an image that does not look the same at it gets a higher one.
    jpeg: int
    # The least likeness of a page to the original, at 100 dpi.
    likeness: float
    # The same of an image, which a page may show with less care.
    image_likeness: float
    # By how much a coordinate may be off, in points.
    tolerance: float
    # Whether images for print become what a screen shows of them.
    is_for_screens: bool
    grayscale: bool = False
    # Whether fonts and content streams are written anew.
    rewrites: bool = True


def settings_of(quality: int, image_dpi: int | None = None, grayscale: bool = False) -> Settings:
    """The settings of a quality; a resolution that was asked for overrides its own."""
    upper = min(point for point in _POINTS if point >= quality)
    lower = max(point for point in _POINTS if point <= quality)
    share = (quality - lower) / (upper - lower) if upper > lower else 0.0
    dpi, jpeg, likeness, tolerance = (
        low + share * (high - low) for low, high in zip(_POINTS[lower], _POINTS[upper], strict=True)
    )
    return Settings(
        float(image_dpi or dpi), round(jpeg), likeness, likeness + _MARGIN, tolerance, quality < _KEEPS_CMYK_FROM, grayscale
    )


def stricter(settings: Settings, missing: float) -> Settings:
    """For a page that was less alike by so much than it has to be, for the sake of its images."""
    image_likeness = min(_MOST_LIKENESS, settings.image_likeness + max(_LEAST_STEP, 2 * missing))
    return replace(settings, image_likeness=image_likeness)
