"""Judge a compressed PDF against its original.

usage: judge_pdf.py ORIGINAL OUTPUT

Prints one JSON object: `ratio` is output bytes / original bytes. `ssim` is the lowest structural similarity of the
first three pages, the middle one and the one with the most image bytes, drawn in gray with 1600 pixels along the
longer side. `lost` names what the output has less of. `score` is the ratio, at most 1; it is 1 if anything was lost or
a page looks different (SSIM below 0.95), because such an output is worth no more than the original.

A file that can't be opened or drawn has lost everything. Needs pdftoppm.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

LOWEST_SSIM = 0.95
LONGER_SIDE = 1600
SIZE_TOLERANCE = 3
DRAWING_SECONDS = 180
WINDOW = 7

Image.MAX_IMAGE_PIXELS = None


def judge(original: Path, output: Path) -> dict:
    before = original.stat().st_size
    ratio = output.stat().st_size / before
    if original.read_bytes() == output.read_bytes():
        return verdict(1.0, 1.0, [])
    try:
        with pikepdf.open(original) as pdf:
            had, pages = features(pdf), pages_to_draw(pdf)
        with pikepdf.open(output) as pdf:
            has = features(pdf)
        similar = lowest_ssim(original, output, pages)
    except Exception as error:
        return verdict(ratio, 0.0, [f"unreadable: {type(error).__name__}"])
    lost = [name for name in had if has[name] < had[name]]
    if has["pages"] > had["pages"]:
        lost.append("pages")
    return verdict(ratio, similar, lost)


def verdict(ratio: float, ssim: float, lost: list) -> dict:
    is_good = not lost and ssim >= LOWEST_SSIM
    score = min(1.0, ratio) if is_good else 1.0
    return {"ratio": ratio, "score": score, "ssim": round(ssim, 4), "lost": lost}


def features(pdf: pikepdf.Pdf) -> dict:
    """How much there is of everything that is not the look of a page; presence counts as one."""
    kinds = [str(annotation.get("/Subtype")) for page in pdf.pages for annotation in annotations(page)]
    form = pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    return {
        "pages": len(pdf.pages),
        "annots": len(kinds),
        "links": kinds.count("/Link"),
        "widgets": kinds.count("/Widget"),
        "fields": len(form.get("/Fields", [])),
        "outline": outline_items(pdf),
        "attachments": len(pdf.attachments),
        "tags": int("/StructTreeRoot" in pdf.Root),
        "xfa": int("/XFA" in form),
        "dests": int("/Dests" in pdf.Root or "/Dests" in names),
        "pagelabels": int("/PageLabels" in pdf.Root),
        "layers": int("/OCProperties" in pdf.Root),
        "encrypted": int(pdf.is_encrypted),
    }


def annotations(page: pikepdf.Page) -> list:
    return [entry for entry in page.get("/Annots") or [] if isinstance(entry, pikepdf.Dictionary)]


def outline_items(pdf: pikepdf.Pdf) -> int:
    def count(items) -> int:
        return sum(1 + count(item.children) for item in items)

    try:
        with pdf.open_outline() as outline:
            return count(outline.root)
    except Exception:
        # a broken outline counts as none, in the original and in the output
        return 0


def pages_to_draw(pdf: pikepdf.Pdf) -> list:
    total = len(pdf.pages)
    weights = [image_bytes(page) for page in pdf.pages]
    heaviest = weights.index(max(weights)) + 1
    return sorted({number for number in (1, 2, 3, total // 2 + 1, heaviest) if number <= total})


def image_bytes(page: pikepdf.Page) -> int:
    try:
        drawn = page.Resources.XObject.values()
        return sum(int(one.get("/Length", 0)) for one in drawn if one.get("/Subtype") == "/Image")
    except Exception:
        return 0


def lowest_ssim(original: Path, output: Path, pages: list) -> float:
    lowest = 1.0
    for number in pages:
        was, is_now = draw(original, number), draw(output, number)
        # a page of the original that can't be drawn can't be compared
        if was is not None:
            lowest = min(lowest, similarity(was, is_now))
    return lowest


def draw(pdf: Path, number: int):
    page = ["-f", str(number), "-l", str(number), "-singlefile", "-png"]
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-scale-to", str(LONGER_SIDE), *page, str(pdf), f"{folder}/page"]
        subprocess.run(command, capture_output=True, timeout=DRAWING_SECONDS)
        try:
            with Image.open(f"{folder}/page.png") as image:
                return np.asarray(image.convert("L"), dtype=np.float64)
        except OSError:
            return None


def similarity(was: np.ndarray, is_now) -> float:
    if is_now is None or any(abs(a - b) > SIZE_TOLERANCE for a, b in zip(was.shape, is_now.shape)):
        return 0.0
    height, width = (min(pair) for pair in zip(was.shape, is_now.shape))
    return ssim(was[:height, :width], is_now[:height, :width])


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The mean structural similarity (Wang et al. 2004) over all windows of 7 × 7 equal weights."""
    mean_a, mean_b = window_means(a), window_means(b)
    unbiased = WINDOW**2 / (WINDOW**2 - 1)
    variance_a = unbiased * (window_means(a * a) - mean_a**2)
    variance_b = unbiased * (window_means(b * b) - mean_b**2)
    covariance = unbiased * (window_means(a * b) - mean_a * mean_b)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    energy = (mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)
    return float(np.mean(likeness / energy))


def window_means(values: np.ndarray) -> np.ndarray:
    sums = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    right, left = slice(WINDOW, None), slice(None, -WINDOW)
    return (sums[right, right] - sums[left, right] - sums[right, left] + sums[left, left]) / WINDOW**2


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(judge(Path(sys.argv[1]), Path(sys.argv[2]))))
