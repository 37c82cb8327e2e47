"""Settings, files and modules that the pages name are there."""

from __future__ import annotations

import importlib.util
import re
import tomllib

import pytest

from tests.docs.pages import ROOT, TEXTS, fences, inline
from voiceslm.config import Settings

_KEY = re.compile(r"^([a-z]+)\.([a-z_]+)(?: = .*)?$")
_VARIABLE = re.compile(r"\bVOICESLM_([A-Z]+)__([A-Z_]+)\b")
_PATH = re.compile(
    r"^[a-z]+/(?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|yaml|svg|service)$|^(?:voiceslm|tests|docs)/(?:\w+/)+$"
)
"""A file, or a folder with a stroke at its end; an MQTT topic has neither."""

_NAME = re.compile(r"^(?:[A-Z]\w*(?:\.\w+)*(?:\(\))?|[A-Z]+(?:_[A-Z]+)+|[a-z]+_[a-z_]+)$")
"""A class or what is in it, a constant, a function of two words."""

_MODULE = re.compile(r"^voiceslm(?:\.\w+)+$")
OF_THE_EXAMPLES = {"device_tracker"}
MADE_BY_THE_EXAMPLES = {fence.info.partition(" ")[2] for fence in fences("docs/architecture.md")}


def sections():
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if hasattr(field.annotation, "model_fields")
    }


def exists(section, key):
    return key in sections()[section].model_fields


@pytest.mark.parametrize("page", TEXTS)
def test_every_setting_exists(page):
    named = [match.groups() for code in inline(page) if (match := _KEY.match(code))]
    ours = [(section, key) for section, key in named if section in sections() and key not in {"md", "py"}]
    assert not [f"{section}.{key}" for section, key in ours if not exists(section, key)]


@pytest.mark.parametrize("page", TEXTS)
def test_every_variable_is_a_setting(page):
    code = "\n".join([*inline(page), *(fence.code for fence in fences(page))])
    named = [(section.lower(), key.lower()) for section, key in _VARIABLE.findall(code)]
    assert not [pair for pair in named if pair[0] not in sections() or not exists(*pair)]


@pytest.mark.parametrize("page", TEXTS)
def test_every_configuration_can_be_used(page):
    for fence in fences(page):
        if fence.info == "toml" and page.startswith("docs/"):
            Settings.model_validate(tomllib.loads(fence.code))


@pytest.mark.parametrize("page", TEXTS)
def test_every_file_exists(page):
    named = {code for code in inline(page) if _PATH.match(code)} - MADE_BY_THE_EXAMPLES
    near = (ROOT, ROOT / "voiceslm", (ROOT / page).parent)
    assert not [path for path in named if not any((folder / path).exists() for folder in near)]


@pytest.mark.parametrize("page", TEXTS)
def test_every_module_exists(page):
    names = {code for code in inline(page) if _MODULE.match(code)}
    assert not [name for name in names if not found(name)]


def found(name):
    """Say whether a dotted name is a module, or something in one."""
    module, _, attribute = name.rpartition(".")
    try:
        if importlib.util.find_spec(name):
            return True
    except ModuleNotFoundError:
        pass
    try:
        return bool(importlib.util.find_spec(module)) and hasattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def test_every_name_of_the_code_in_the_architecture_exists():
    named = {code.removesuffix("()") for code in inline("docs/architecture.md") if _NAME.match(code)}
    words = set(
        re.findall(r"\w+", "".join(path.read_text("utf-8") for path in (ROOT / "voiceslm").rglob("*.py")))
    )
    assert len(named) > len(OF_THE_EXAMPLES)
    assert not {name for name in named - OF_THE_EXAMPLES if not set(name.split(".")) <= words}
