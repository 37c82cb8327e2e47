"""HTML to passages: what people see of a page. Pure."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from voiceslm.knowledge.markdown import of_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.knowledge import Passage

_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "svg", "nav", "head", "iframe", "object", "select"}
)
_BLOCKS = frozenset(
    {
        *("p", "div", "li", "tr", "br", "hr", "section", "article", "td", "th", "dt", "dd", "ul", "ol", "dl"),
        *("table", "blockquote", "pre", "address", "main", "header", "footer", "aside", "form", "figure"),
        *("figcaption", "caption", "thead", "tbody", "details", "summary"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_ENDS_ITSELF = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "source"})

_AT_ONCE = 32_768
"""Characters that are given to the parser at a time: it looks again at what it could not finish."""

_MOST_UNFINISHED = 131_072
"""Characters of a mark that never ends after which the rest of a page is left out."""


def of_html(text: str, name: str) -> Iterator[Passage]:
    """Yield the passages of a page; tables are read as Markdown's are."""
    page = _Page()
    for at in range(0, len(text), _AT_ONCE):
        page.feed(text[at : at + _AT_ONCE])
        if len(page.rawdata) > _MOST_UNFINISHED:
            break
    page.end()
    yield from of_markdown("".join(page.text), name)


class _Page(HTMLParser):
    """The text of a page, its headings, items and tables as Markdown has them."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._skipping: list[str] = []
        self._row: list[str] | None = None
        """The cells of the row that is being read."""
        self._named = False
        """Whether all cells of the row are names."""
        self._rows = 0

    def end(self) -> None:
        """Take what is left as it is: the parser's own end tries every position of it."""
        if "<" not in self.rawdata[:1]:
            self.handle_data(self.rawdata)
        self._end_row()

    def parse_html_declaration(self, i: int) -> int:
        """Leave out `<![` and all up to the end of its mark; the parser itself fails where it has no name."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i, report=False)
        return super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a block, or leave one out."""
        if tag == "body":
            self._skipping.clear()
        hidden = any(name == "hidden" for name, _ in attrs) and tag not in _ENDS_ITSELF
        if tag in _SKIPPED or hidden or (self._skipping and self._skipping[-1] == tag):
            self._skipping.append(tag)
        if self._skipping:
            return
        if tag == "table":
            self._rows = 0
            self.text.append("\n\n")
        if tag == "tr":
            self._end_row()
            self._row, self._named = [], True
        elif tag in _CELLS and self._row is not None:
            self._row.append("")
            self._named &= tag == "th"
        elif self._row is None:
            self._begin(tag)
        elif tag in _BLOCKS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._skipping:
            if self._skipping[-1] == tag:
                self._skipping.pop()
        elif tag in {"tr", "table"}:
            self._end_row()
            if tag == "table":
                self.text.append("\n\n")
        elif self._row is None and tag in _HEADINGS | _BLOCKS:
            self.text.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep what people see, on one line."""
        if self._skipping:
            return
        line = data.replace("\n", " ").replace("\t", " ")
        if self._row:
            self._row[-1] += line.replace("|", "/")
        elif self._row is None:
            self.text.append(line)

    def _begin(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.text.append("\n\n# ")
        elif tag == "li":
            self.text.append("\n- ")
        elif tag in _BLOCKS:
            self.text.append("\n\n")

    def _end_row(self) -> None:
        row, self._row = self._row, None
        if not row:
            return
        cells = [" ".join(cell.split()) for cell in row]
        self.text.append(f"| {' | '.join(cells)} |\n")
        if self._rows == 0 and self._named:
            self.text.append(f"|{' - |' * len(cells)}\n")
        self._rows += 1
