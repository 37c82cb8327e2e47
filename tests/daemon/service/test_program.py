"""Releases below /opt/voiceslm, of one small package in place of all, each tried out before it comes into use."""

from __future__ import annotations

import pytest

from tests.daemon.service.fake_commands import FakeCommands
from voiceslm.daemon.service import program
from voiceslm.daemon.service.commands import Ended
from voiceslm.daemon.service.distributions import needed
from voiceslm.daemon.service.files import link
from voiceslm.daemon.service.layout import Layout
from voiceslm.errors import Problem


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "needed", lambda _: needed("certifi"))
    return Layout(tmp_path / "root")


def test_a_release_that_runs_comes_into_use(layout):
    installed = program.Program(layout, FakeCommands())
    assert not installed.in_use()
    installed.install()
    assert installed.in_use()
    assert (layout.program / "bin/voiceslm").stat().st_mode & 0o777 == 0o755
    assert installed.leftovers() == []


def test_a_release_that_does_not_run_leaves_the_earlier_one_in_use(layout):
    earlier = layout.program / "releases/earlier/bin"
    earlier.mkdir(parents=True)
    link(layout.program / "bin", "releases/earlier/bin")
    broken = Ended(1, "", "ImportError: libsomething.so: cannot open shared object file")
    installed = program.Program(layout, FakeCommands(ctranslate2=broken))
    with pytest.raises(Problem, match="libsomething"):
        installed.install()
    assert (layout.program / "bin").resolve() == earlier
    assert [path.name for path in (layout.program / "releases").iterdir()] == ["earlier"]


def test_the_same_files_are_the_same_release_and_no_other_is_kept(layout):
    first, second = (program.Program(layout, FakeCommands()) for _ in range(2))
    assert first.release == second.release
    (layout.program / "releases/earlier").mkdir(parents=True)
    assert [path.name for path in second.leftovers()] == ["earlier"]


def test_root_is_given_the_folders_of_the_service(layout):
    installed = program.Program(layout, FakeCommands())
    installed.install()
    launcher = (layout.program / "bin/voiceslm").read_text()
    for folder in (layout.runtime, layout.cache, layout.state):
        assert str(folder) in launcher
    assert launcher.rstrip().endswith('-m voiceslm "$@"')
