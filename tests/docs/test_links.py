"""Every link between the pages leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, TEXTS, prose, text

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page):
    """Return a page's anchors as GitHub makes them: lower case, no punctuation, dashes for spaces."""
    titles = [
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in _HEADING.findall(prose(page))
    ]
    return {
        f"{title}-{number}" if number else title for title in titles for number in range(titles.count(title))
    }


def links(page):
    """Return the links of a page that lead to another place in the checkout: path and anchor."""
    found = [link.partition("#") for link in _LINK.findall(_CODE.sub("", prose(page)))]
    return [
        (path, anchor) for path, _, anchor in found if "://" not in path and not path.startswith("mailto:")
    ]


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading(page):
    broken = []
    for path, anchor in links(page):
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target.resolve().relative_to(ROOT))):
            broken.append(f"{path}#{anchor}")
    assert not broken


@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/index.md"])
def test_every_page_stands_in_the_index(page):
    assert f"({Path(page).name})" in text("docs/index.md")
