from __future__ import annotations

import pytest

from voiceslm.daemon.service.files import holds, link, put, remove
from voiceslm.errors import Problem


def test_a_file_is_put_with_its_mode_in_folders_that_are_made(tmp_path):
    path = tmp_path / "a/b/file"
    put(path, "text", mode=0o640)
    assert holds(path, "text")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_half_written(tmp_path):
    path = tmp_path / "folder/file"
    put(path, "old", mode=0o644)
    with pytest.raises(Problem, match="cannot be changed"):
        put(path, "new", mode=0o644, group="no-such-group")
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]
    assert holds(path, "old")


def test_a_link_is_changed_at_once(tmp_path):
    link(tmp_path / "bin", "one")
    link(tmp_path / "bin", "two")
    assert (tmp_path / "bin").readlink().name == "two"


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    link(tmp_path / "bin", "folder")
    remove(tmp_path / "bin")
    assert folder.is_dir()
