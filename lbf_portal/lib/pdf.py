"""Letters as PDF that can be kept and read aloud: PDF/A-3a with the mark of PDF/UA-1, made from local files only.

WeasyPrint is loaded when a letter is made and not before: only workers make letters, and the web stays small.
"""

from __future__ import annotations

import logging
import mimetypes
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname
from xml.etree.ElementTree import fromstring, tostring

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

# PDF/A allows metadata of other standards only when the file itself explains them: hence the schema beside the mark.
PDF_UA = """
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
         xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
         xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
         xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <rdf:Description rdf:about="" pdfuaid:part="1"/>
  <rdf:Description rdf:about="">
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
      <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
      <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
      <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
      <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>part</pdfaProperty:name>
        <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
        <pdfaProperty:category>internal</pdfaProperty:category>
        <pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
      </rdf:li></rdf:Seq></pdfaSchema:property>
    </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
</rdf:RDF>
"""

logger = logging.getLogger(__name__)

# How many are made at once while people wait, and how long one may take.
MOST_APART = 2
SECONDS_APART = 60
MEMORY_APART = 1024**3
# What passes through to the other process; the settings with their secrets do not.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")

VARIANT = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}


class NotMadeError(RuntimeError):
    """The process took too long or too much memory, or broke; the same may go well when there is more room."""


class NotLocalError(ValueError):
    """A template asked for something outside the portal's own assets; no letter is made then."""


def render(template: str, context: Mapping[str, object], *, language: str = "da") -> bytes:
    """Render the template as a tagged PDF/A-3a in the language, with the fonts of the portal's assets embedded.

    Errors: weasyprint.urls.FatalURLFetchingError when the template asks for anything but a file of the assets. Nothing
    is left out in silence, and no connection is ever opened.
    """
    return written(_html(template, context, language), Path(settings.LETTER_ASSETS))


def render_apart(template: str, context: Mapping[str, object], *, language: str = "da") -> bytes | None:
    """The same in a process of its own, for what somebody waits for in a page: the web process stays small and lives on.

    None while `MOST_APART` are being made already, here or in another web process.

    Errors: NotMadeError.
    """
    html = _html(template, context, language)
    with transaction.atomic(), connection.cursor() as cursor:
        if not any(_is_free(cursor, slot) for slot in range(MOST_APART)):
            return None
        return _made_apart(html)


def _made_apart(html: str) -> bytes:
    try:
        made = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "lbf_portal.lib.pdf", str(settings.LETTER_ASSETS)],
            cwd=Path(__file__).resolve().parents[2],
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONUTF8": "1"},
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS_APART,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as trouble:
        # What the process said may quote the page, which is somebody's application: only how it ended is told.
        logger.warning("no PDF: %s", trouble)
        raise NotMadeError from trouble
    return made.stdout


def _is_free(cursor: Any, slot: int) -> bool:
    """Take one of the places until the end of the transaction."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"lbf_portal:pdf:{slot}"])
    return bool(cursor.fetchone()[0])


def _html(template: str, context: Mapping[str, object], language: str) -> str:
    with translation.override(language):
        return render_to_string(template, {**context, "language": language})


def written(html: str, assets: Path) -> bytes:
    """The page as PDF; needs neither settings nor database."""
    weasyprint: Any = import_module("weasyprint")  # here: 40 MB and most of a second that only workers should pay
    assets = assets.resolve()
    source = weasyprint.HTML(string=html, base_url=f"{assets.as_uri()}/", url_fetcher=_local_only(assets))
    document = source.render(**VARIANT)
    _mark_as_pdf_ua(document.metadata)
    return bytes(document.write_pdf(**VARIANT))


def _local_only(assets: Path) -> Any:
    """A fetcher that hands out files below the folder and refuses every other address."""
    urls: Any = import_module("weasyprint.urls")

    class LocalOnly(urls.URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002 - WeasyPrint's signature
            path = _asset(url, assets)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return urls.URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": kind})

    return LocalOnly(fail_on_errors=True)


def _asset(url: str, assets: Path) -> Path:
    parts = urlsplit(url)
    path = Path(url2pathname(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not path.is_relative_to(assets):
        raise NotLocalError(f"letters use the portal's own files only, not {url}")
    return path


def _mark_as_pdf_ua(metadata: Any) -> None:
    """Say in the file's metadata that it is PDF/UA-1 as well: WeasyPrint writes the mark of one standard at a time."""
    written = metadata.generate_rdf_metadata

    def with_mark(*args: object) -> bytes:
        rdf = fromstring(written(*args))  # noqa: S314 - made by WeasyPrint a moment ago, nobody's input
        rdf.extend(fromstring(PDF_UA.strip()))  # noqa: S314 - the constant above
        marked: bytes = tostring(rdf, encoding="utf-8")
        return marked

    metadata.generate_rdf_metadata = with_mark


def _limit() -> None:
    """No more memory and time than a long application takes, whatever somebody has typed into it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_APART, MEMORY_APART))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_APART, SECONDS_APART))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    # `python -m lbf_portal.lib.pdf ASSETS`: a page from stdin as PDF to stdout.
    _limit()
    sys.stdout.buffer.write(written(sys.stdin.read(), Path(sys.argv[1])))
