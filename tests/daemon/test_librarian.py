"""What is told of documents: once for each time that they change."""

from __future__ import annotations

import pytest

from voiceslm.daemon.librarian import Librarian
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.errors import Problem
from voiceslm.knowledge import indexing
from voiceslm.knowledge.library import Library


class Told(Onlooker):
    def __init__(self):
        self.notes, self.troubles = [], []

    def on_note(self, what):
        self.notes.append(what)

    def on_trouble(self, what):
        self.troubles.append(what)


@pytest.fixture
def notes(tmp_path, monkeypatch, meaning):  # the model is loaded before its folder is out of sight
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "shop.md").write_text("# Renting\n\nA tandem costs 45 euros a day.\n")
    return folder


def test_nothing_is_told_where_nothing_is_configured():
    told = Told()
    Librarian(None, told).tell()
    assert (told.notes, told.troubles) == ([], [])


def test_what_is_known_and_what_is_wrong_is_told_once_and_again_when_it_has_changed(notes):
    library, told = Library([notes]), Told()
    librarian = Librarian(library, told)
    (notes / "broken.pdf").write_text("nonsense")
    library.refresh()
    for _ in range(3):
        librarian.tell()
    assert told.notes == ["known: 0 questions with answers, 1 passages"]
    assert [one.partition(":")[0] for one in told.troubles] == ["broken.pdf"]
    for file in notes.iterdir():
        file.unlink()
    library.refresh()
    librarian.tell()
    assert told.notes[1:] == ["known: nothing"]


def test_a_missing_model_of_meaning_is_told_and_taken_up_once_it_is_there(notes, monkeypatch):
    def missing(pack):
        raise Problem("model all-minilm-l6-v2 is not on this machine", "Type: voiceslm models pull it")

    library, told = Library([notes]), Told()
    librarian = Librarian(library, told)
    with monkeypatch.context() as without:
        without.setattr("voiceslm.knowledge.library.index_of", missing)
        for _ in range(2):
            assert not library.refresh()
            librarian.tell()
    assert library.index is None
    assert len(told.troubles) == 1
    assert "is not on this machine" in told.troubles[0]
    assert library.refresh()
    librarian.tell()
    assert told.notes == ["known: 0 questions with answers, 1 passages"]
    assert indexing.index_of(library.pack).search("a tandem a day").passages
