"""Pictures: do they decode, and are they of a size that can be opened."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from applications.files.findings import Finding, Stopped
from applications.files.kinds import Kind

MOST_MEGAPIXELS = 64
_MILLION = 1_000_000


def judge(path: Path, kind: Kind) -> list[Finding]:
    """What is found: a picture is read to its end, so that half a picture is told. Errors: Stopped."""
    Image.MAX_IMAGE_PIXELS = MOST_MEGAPIXELS * _MILLION
    forgiving, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False  # WeasyPrint's import makes it True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow warns at the limit, here it holds
            with Image.open(path, formats=[kind.value]) as picture:
                picture.draft("L", (1, 1))  # a JPEG decodes to an eighth of its size, which is enough to know that it does
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Stopped("too_many_pixels", limit=str(MOST_MEGAPIXELS)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError) as error:
        raise Stopped("broken") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = forgiving
    return [Finding("not_searchable")]
