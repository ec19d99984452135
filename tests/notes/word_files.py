"""Word documents with invented words, made piece by piece, to be bent by the tests."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from notes.importing.files import NoteFile
from notes.importing.parsed import Preset
from notes.importing.reading import read_note

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def run(text: str, marks: str = "") -> str:
    """Words that look alike; `marks` are XML like `<w:b/>`."""
    properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def bold(text: str) -> str:
    return run(text, "<w:b/>")


def italic(text: str) -> str:
    return run(text, "<w:i/>")


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; plain text is a run of its own."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>"


def link(text: str, key: str) -> str:
    return f'<w:hyperlink r:id="{key}">{run(text)}</w:hyperlink>'


def item(text: str, level: int = 0, number: int = 1) -> str:
    """A line of a list: number 1 is the numbered one, number 2 the one with bullets."""
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return p(text, properties=listed)


def table(*rows: tuple[str, ...]) -> str:
    cells = (
        "".join(f"<w:tc>{one if one.startswith('<w:') else p(one)}</w:tc>" for one in row)
        for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def picture(key: str, alt: str = "", *, linked: bool = False) -> str:
    how = "link" if linked else "embed"
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture" descr={quoteattr(alt)}/>'
        "<a:graphic><a:graphicData><pic:pic><pic:blipFill>"
        f'<a:blip r:{how}="{key}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def reference(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def style(key: str, name: str, *, base: str = "", inside: str = "", own: bool = False) -> str:
    custom = ' w:customStyle="1"' if own else ""
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{key}"><w:name w:val="{name}"/>{based}'
        f"{inside}</w:style>"
    )


STYLES = (
    style("Normal", "Normal")
    + style("Title", "Title")
    + style("Heading1", "heading 1")
    + style("Heading2", "heading 2")
    + style("Quote", "Quote")
    + style("Caption", "caption")
)
LEVELS = "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{{}}"/></w:lvl>' for level in range(3))
NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}">{LEVELS.format(*[form] * 3)}</w:abstractNum>'
    for number, form in enumerate(("decimal", "bullet"), start=1)
) + "".join(
    f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in (1, 2)
)
HEAD = p("Chad and Niger: A road across the desert", style="Title") + p("By Ann Author")
HEAD += p("2 March 2025") + p("Countries: Chad, Niger")
SECTIONS = "".join(
    p(heading, style="Heading1") + p(text)
    for heading, text in (
        ("What happened?", "On 26 February, a road was opened."),
        ("What is the background?", "There was no road."),
        ("What does it mean?", "There is a road."),
    )
)
ABOUT = p("About the author", style="Heading1") + p("Ann Author is an example.")


def part(name: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {NAMESPACES}>{inside}</w:{name}>'


def related(*rows: tuple[str, str, str]) -> str:
    """Relationships: key, kind, target; an address or a path elsewhere is outside."""
    inside = "".join(
        f'<Relationship Id="{key}" Type="{KINDS}{kind}" Target={quoteattr(target)}'
        f"{' TargetMode=' + quoteattr('External') if ':' in target else ''}/>"
        for key, kind, target in rows
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{inside}</Relationships>'


def parts(
    body: str,
    *,
    styles: str = STYLES,
    footnotes: dict[int, str] | None = None,
    endnotes: dict[int, str] | None = None,
    refers: tuple[tuple[str, str, str], ...] = (),
    note_refers: tuple[tuple[str, str, str], ...] = (),
    media: dict[str, bytes] | None = None,
) -> dict[str, bytes | str]:
    """The parts of a document, by name."""
    known = [("styles", "styles.xml"), ("numbering", "numbering.xml")]
    inside: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/word/document.xml" ContentType="{MAIN_TYPE}"/>'
        "</Types>",
        "_rels/.rels": related(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
        "word/styles.xml": part("styles", styles),
        "word/numbering.xml": part("numbering", NUMBERING),
    }
    for name, noted in (("footnote", footnotes), ("endnote", endnotes)):
        if noted:
            rows = "".join(
                f'<w:{name} w:id="{key}">{text}</w:{name}>' for key, text in noted.items()
            )
            inside[f"word/{name}s.xml"] = part(f"{name}s", rows)
            inside[f"word/_rels/{name}s.xml.rels"] = related(*note_refers)
            known.append((f"{name}s", f"{name}s.xml"))
    for name, content in (media or {}).items():
        inside[f"word/media/{name}"] = content
    own = [(f"own{number}", kind, target) for number, (kind, target) in enumerate(known)]
    inside["word/_rels/document.xml.rels"] = related(*own, *refers)
    return inside


def archive(inside: dict[str, bytes | str]) -> bytes:
    """The archive with these parts."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as into:
        for name, content in inside.items():
            into.writestr(name, content)
    return made.getvalue()


def document(body: str = HEAD + SECTIONS + ABOUT, **others: object) -> bytes:
    """A Word document; see `parts`."""
    return archive(parts(body, **others))  # type: ignore[arg-type]


def read(content: bytes, name: str = "note.docx", **preset: object):  # type: ignore[no-untyped-def]
    """The note that is read from a document."""
    return read_note(NoteFile(name, content), Preset(**preset))  # type: ignore[arg-type]


def image(colour: str = "red", form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, form)
    return made.getvalue()
