"""How all pictures look: one palette, one type, white ground, the same bytes from the same figures."""

from __future__ import annotations

import contextlib
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
YELLOW, PURPLE, SKY = "#E69F00", "#CC79A7", "#56B4E9"
"""Okabe & Ito: Color Universal Design, 2008; told apart by people who are colour-blind."""

INK, GREY, PALE = "#1f2328", "#59636e", "#d1d9e0"

OURS, CHAIN = BLUE, ORANGE
"""voiceslm and the serial chain, in every picture."""

WIDTH = 8.0
"""Inches; at `DPI` the width of a page of documentation."""

DPI = 140
TITLE_LETTERS, CAPTION_LETTERS = 80, 125
"""What fits into a line of either."""

BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|MB|h)\b|%)")

LINE = 0.165
"""Inches that a line of a caption takes."""

RULES: dict[str, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",  # opaque: dark pages do not shine through
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # matplotlib brings it along
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.8,
    "text.parse_math": False,  # a reply may speak of dollars
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "voiceslm",
}


def require_matplotlib() -> None:
    """See that there is what draws.

    Raises:
        Problem: the ``bench`` extra is not installed.
    """
    try:
        import matplotlib  # noqa: F401, ICN001, PLC0415
    except ImportError as error:
        raise Problem(
            "The benchmark's libraries are not installed", "Run `pip install voiceslm[bench]`."
        ) from error


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw in this style while the block runs."""
    require_matplotlib()
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RULES)  # type: ignore[arg-type]  # its keys are literals
        yield


def sheet(title: str, caption: str, *, height: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """Return an empty picture.

    Args:
        title: what is to be seen in it, in a sentence.
        caption: what it rests on; each of its lines is broken where it is too long.
        height: inches, without title and caption.
        panels: side by side.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    title, caption = wrapped(title, TITLE_LETTERS), wrapped(caption, CAPTION_LETTERS)
    above, below = (LINE * 1.25 * (title.count("\n") + 2), LINE * (caption.count("\n") + 1.8))
    whole = height + above + below
    figure = Figure((WIDTH, whole), dpi=DPI, layout="constrained")
    engine = figure.get_layout_engine()
    assert engine
    engine.set(rect=(0.005, below / whole, 0.99, height / whole), wspace=0.06)  # type: ignore[call-arg]
    figure.text(0.015, 1 - 0.1 / whole, title, size=11, weight="bold", va="top")
    figure.text(0.015, 0.08 / whole, caption, size=7.5, color=GREY, va="bottom", linespacing=1.35)
    axes = figure.subplots(1, panels, squeeze=False)
    return figure, [*axes[0]]


def wrapped(text: str, letters: int) -> str:
    """Return ``text`` with no line longer than ``letters``, and no number without its unit."""
    text = BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)
    return "\n".join("\n".join(wrap(line, letters)) for line in text.splitlines())


def save(figure: Figure, stem: Path) -> None:
    """Write ``figure`` as SVG and PNG, without anything that changes from run to run."""
    figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None, "Creator": None})
    figure.savefig(stem.with_suffix(".png"), metadata={"Software": None})
