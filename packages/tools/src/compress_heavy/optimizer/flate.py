"""Deflates with libdeflate, which Pillow's TIFF support includes: it compresses better than zlib at the same speed."""
import ctypes
import zlib

# libdeflate's levels. Those above 9 search for the best parsing: a tenth smaller, and five times as slow.
_DRAFT, _BEST, _BEST_OF_LARGE = 4, 12, 10
_LARGE = 100_000


def _load() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libdeflate.so.0")
    except OSError:
        return None
    library.libdeflate_alloc_compressor.restype = ctypes.c_void_p
    library.libdeflate_free_compressor.argtypes = [ctypes.c_void_p]
    library.libdeflate_zlib_compress_bound.restype = ctypes.c_size_t
    library.libdeflate_zlib_compress_bound.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library.libdeflate_zlib_compress.restype = ctypes.c_size_t
    library.libdeflate_zlib_compress.argtypes = [
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
        *(ctypes.c_void_p, ctypes.c_size_t),
    ]
    return library


_LIBRARY = _load()


def compress(data: bytes, is_draft: bool = False) -> bytes:
    """Returns a zlib stream. A draft is fast and approximates the size."""
    if _LIBRARY is None:
        return zlib.compress(data, 1 if is_draft else 9)
    level = _DRAFT if is_draft else _BEST if len(data) < _LARGE else _BEST_OF_LARGE
    compressor = _LIBRARY.libdeflate_alloc_compressor(level)
    try:
        bound = _LIBRARY.libdeflate_zlib_compress_bound(compressor, len(data))
        target = ctypes.create_string_buffer(bound)
        size = _LIBRARY.libdeflate_zlib_compress(compressor, data, len(data), target, bound)
        return target.raw[:size] if size else zlib.compress(data, 9)
    finally:
        _LIBRARY.libdeflate_free_compressor(compressor)
