"""Searches for the smallest copy of a document that looks like the original."""
import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic

import pikepdf

from bombs import contains_bomb, draws_too_much
from check import Checker
from cpu_budget import Budget, TooSlow
from failures import description, is_fatal
from opening import Refused, open_document, was_repaired
from optimize import Options, Result, optimize
from params import Params
from settings import Settings, settings_of, stricter_settings
from signatures import has_usage_rights, is_signed

# Copies of one quality that are tried, with stricter settings each time.
_MAX_ATTEMPTS = 4
# A page whose similarity is too low by less than this gets stricter settings for images, otherwise a higher quality.
_SMALL_DEFICIT = 0.02
_QUALITY_STEP = 15
# Qualities that are tried for a target size.
_MAX_QUALITIES = 6
# CPU time for comparing a document with its copies, by its size. Real documents use a tenth of it for each copy.
_COMPARISON_SECONDS, _COMPARISON_SECONDS_PER_MIB = 10, 5


@dataclass(frozen=True)
class Request(Params):
    """The params and limits of a search."""

    max_pages: int | None
    # After this time the best copy so far is used.
    budget_seconds: float
    # Only lossless changes, for a document on which the other methods crashed.
    lossless: bool = False


@dataclass(frozen=True)
class Copy:
    """A copy and its similarity to the original."""

    path: str
    size: int
    method: str
    quality: int
    similarity: float
    result: Result


def compress_document(
    source: str, target: str, request: Request, progress: Callable[[float], None], processes: Executor
) -> dict[str, object]:
    """Writes the copy to `target`, or nothing if none is smaller. Returns the result."""
    threads = ThreadPoolExecutor(os.process_cpu_count())
    return _Search(source, target, request, progress, processes, threads).run()


class _Search:
    def __init__(
        self,
        source: str,
        target: str,
        request: Request,
        progress: Callable[[float], None],
        processes: Executor,
        threads: Executor,
    ) -> None:
        self.source = source
        self.source_size = os.path.getsize(source)
        self.target = target
        self.request = request
        self.progress = progress
        self.processes = processes
        self.deadline = monotonic() + request.budget_seconds
        self.copies = 0
        # Traceback of the last failed attempt, for the log.
        self.failure: str | None = None
        self.options = Options(request.linearize, request.remove_metadata, self.deadline)
        pdf = open_document(source)
        self.pages = len(pdf.pages)
        if request.max_pages is not None and self.pages > request.max_pages:
            raise Refused("too_many_pages", "more than the plan allows", pages=self.pages)
        self.warnings = self._inspect(pdf)
        self.budget = Budget(0 if draws_too_much(pdf) else self._comparison_seconds())
        self.checker = Checker(source, pdf, self._settings(request.quality), threads, self.budget)
        if "repaired" in self.warnings and not self.checker.is_readable():
            raise Refused("unreadable", "none of the sampled pages can be rendered")

    def _inspect(self, pdf: pikepdf.Pdf) -> list[str]:
        has_signature = is_signed(pdf)
        if has_signature and self.request.signed == "reject":
            raise Refused("signed", "the signature would break")
        if contains_bomb(pdf):
            raise Refused("unpacks_to_too_much", "a stream unpacks to more than memory allows")
        found = {
            "signature_invalidated": has_signature,
            "usage_rights_removed": has_usage_rights(pdf),
            "repaired": was_repaired(pdf),
        }
        return [warning for warning, holds in found.items() if holds]

    def _comparison_seconds(self) -> float:
        return _COMPARISON_SECONDS + _COMPARISON_SECONDS_PER_MIB * self.source_size / 2**20

    def is_over(self) -> bool:
        """Whether no time is left for further copies or for comparing them."""
        return self.budget.is_spent or monotonic() > self.deadline

    def _settings(self, quality: int) -> Settings:
        return settings_of(quality, self.request.image_dpi, self.request.grayscale)

    def run(self) -> dict[str, object]:
        is_lossless = self.request.lossless
        best = None if is_lossless else self.copy_or_none(lambda: self.copy_at_quality(self.request.quality))
        if best is None and (is_lossless or self.failure is not None) and not self.request.grayscale:
            best = self.copy_or_none(self.lossless_copy)
        wanted = self.request.target_size_bytes
        if not is_lossless and wanted is not None and (best.size if best else self.source_size) > wanted:
            best = self.copy_at_size(wanted, best)
        if not self.checker.is_readable():
            raise Refused("unreadable", "none of the sampled pages can be rendered")
        if best is not None:
            os.replace(best.path, self.target)
        return self.result(best)

    def copy_or_none(self, make: Callable[[], Copy | None]) -> Copy | None:
        """Returns None after a failure: libraries fail on some documents in unexpected ways."""
        try:
            return make()
        except Exception as error:
            if is_fatal(error):
                raise
            self.failure = description(error)
            return None

    def result(self, best: Copy | None) -> dict[str, object]:
        failure = {"failure": self.failure} if self.failure is not None else {}
        if best is None:
            return {"method": "original", "pages": self.pages, "warnings": [], **failure}
        result = best.result
        is_unchecked = self.budget.is_spent and best.method == "lossless"
        warnings = [
            *self.warnings,
            *(["grayscale_incomplete"] if result.is_partly_colored else []),
            *(["slow_to_draw"] if is_unchecked else []),
        ]
        return {
            **failure,
            "method": best.method,
            "pages": self.pages,
            "quality": best.quality,
            "images": result.images,
            "images_recompressed": result.images_recompressed,
            "ssim": round(best.similarity, 4),
            "warnings": warnings,
        }

    def copy_at_quality(self, quality: int) -> Copy | None:
        """Returns the copy of this quality, or one with stricter settings if a page differs."""
        floor = self._settings(quality).similarity
        settings, used = self._settings(quality), quality
        for _ in range(_MAX_ATTEMPTS):
            if self.is_over():
                break
            copy = self.make_copy("optimized", used, settings)
            if copy.size >= self.source_size:
                # Stricter settings make it even larger.
                drop(copy)
                return None
            try:
                similarity = self.checker.similarity(copy.path, settings.grayscale)
            except TooSlow:
                drop(copy)
                break
            if similarity >= floor:
                return replace(copy, similarity=similarity)
            drop(copy)
            if similarity == 0 and settings.rewrites:
                settings = replace(settings, rewrites=False)
            elif floor - similarity < _SMALL_DEFICIT:
                settings = stricter_settings(settings, floor - similarity)
            else:
                used = min(100, used + _QUALITY_STEP)
                settings = replace(self._settings(used), rewrites=settings.rewrites)
        return None if self.request.grayscale else self.lossless_copy()

    def lossless_copy(self) -> Copy | None:
        copy = self.make_copy("lossless", 100, None)
        try:
            similarity = self.checker.similarity(copy.path, False)
        except TooSlow:
            # Nothing of what is drawn has changed.
            similarity = 1.0 if self.checker.has_same_structure(copy.path) else 0.0
        if copy.size < self.source_size and similarity == 1:
            return replace(copy, similarity=similarity)
        drop(copy)
        return None

    def make_copy(self, method: str, quality: int, settings: Settings | None) -> Copy:
        # There may be several copies of a quality, with different settings.
        self.copies += 1
        path = f"{self.target}.{self.copies}"
        result = optimize(
            self.source, path, self.options, settings, self.processes, lambda share: self.progress(0.8 * share)
        )
        return Copy(path, os.path.getsize(path), method, quality, 0.0, result)

    def copy_at_size(self, wanted: int, best: Copy | None) -> Copy | None:
        """Returns the copy of the best quality that is not larger than wanted; the smallest copy if there is none."""
        low, high = 1, self.request.quality - 1
        for _ in range(_MAX_QUALITIES):
            if low > high or self.is_over():
                break
            quality = (low + high) // 2
            copy = self.copy_or_none(lambda: self.copy_at_quality(quality))  # noqa: B023 (called at once)
            if copy is not None and copy.size <= wanted:
                best, low = keep_first(copy, best), quality + 1
            else:
                best = keep_first(*sorted((best, copy), key=lambda one: one.size if one else self.source_size))
                high = quality - 1
        return best


def keep_first(copy: Copy | None, other: Copy | None) -> Copy | None:
    """Returns the first copy and deletes the other one."""
    if other is not None:
        drop(other)
    return copy


def drop(copy: Copy) -> None:
    """Deletes a copy to free its space."""
    os.remove(copy.path)


def handle_request(request: dict[str, object], processes: Executor, emit: Callable[[dict[str, object]], None]) -> dict[str, object]:
    """Handles a request. Returns what was done, or `refused` with the reason."""
    source, target = str(request.pop("source")), str(request.pop("target"))

    def progress(share: float) -> None:
        emit({"progress": round(share, 4)})

    try:
        return compress_document(source, target, Request(**request), progress, processes)
    except Refused as refused:
        return {"refused": refused.reason, **refused.details}
