"""Configuration: one file and some variables become settings, or one line that says what to change."""

import re
import tomllib
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from voiceslm import config
from voiceslm.config import Settings, load, trace
from voiceslm.config.lines import lines_of_keys
from voiceslm.config.settings import keys, sections
from voiceslm.config.write import toml
from voiceslm.errors import Problem

DOCS = Path(__file__).parent.parent / "docs" / "configuration.md"
UPDATE = "from voiceslm.config import reference; print(reference())"


@pytest.fixture(autouse=True)
def _no_system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceslm.config.read.SYSTEM_FILE", tmp_path / "etc" / "voiceslm.toml")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose home is empty."""
    return {"HOME": str(tmp_path / "home")}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problem(text: str, folder: Path, **environ: str) -> str:
    """Return the line that a person reads when ``text`` is the file."""
    file = write(folder / "v.toml", text)
    with pytest.raises(Problem) as caught:
        load(file, environ)
    return str(caught.value).replace(str(file), "FILE")


def uncommented(text: str) -> str:
    """Remove the "#" of every key of the commented file, and none of its prose ("# ")."""
    return re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)


# Where settings come from


def test_without_a_file_the_defaults_hold(home: dict[str, str]) -> None:
    loaded = trace(environ=home)

    assert loaded.file is None
    assert loaded.settings == Settings()
    assert loaded.origins == {}


def test_the_order_of_search(tmp_path: Path, home: dict[str, str]) -> None:
    system = write(tmp_path / "etc" / "voiceslm.toml", "[llm]\nseed = 1\n")
    assert config.find_file(environ=home) == system

    user = write(tmp_path / "home" / ".config" / "voiceslm" / "voiceslm.toml", "[llm]\nseed = 2\n")
    assert config.find_file(environ=home) == user

    variable = write(tmp_path / "variable.toml", "[llm]\nseed = 3\n")
    environ = home | {"VOICESLM_CONFIG": str(variable)}
    assert config.find_file(environ=environ) == variable

    option = write(tmp_path / "option.toml", "[llm]\nseed = 4\n")
    assert config.find_file(option, environ) == option
    assert load(option, environ).llm.seed == 4


def test_xdg_config_home_moves_the_users_file(tmp_path: Path) -> None:
    assert config.user_file({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}) == Path("/x/voiceslm/voiceslm.toml")
    assert config.user_file({"XDG_CONFIG_HOME": "relative", "HOME": "/h"}) == Path(
        "/h/.config/voiceslm/voiceslm.toml"
    )


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = write(tmp_path / "v.toml", 'profile = "small"\n[tts]\nspeed = 2\n[stt]\nmodel = "whisper-base"\n')

    loaded = load(file, {})

    assert (loaded.profile, loaded.tts.speed, loaded.stt.model) == ("small", 2.0, "whisper-base")
    assert loaded.llm == Settings().llm


def test_a_variable_goes_before_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "v.toml", "language = 'de'\n\n[llm]\nmax_tokens = 100\nseed = 5\n")
    environ = {"VOICESLM_LLM__MAX_TOKENS": "200", "VOICESLM_PROFILE": "tiny", "VOICESLM_TTS__SPEED": "1.5"}

    loaded = trace(file, environ)

    assert loaded.settings.llm.max_tokens == 200
    assert loaded.settings.profile == "tiny"
    assert loaded.settings.tts.speed == 1.5
    assert loaded.origins == {
        "profile": "VOICESLM_PROFILE",
        "language": f"{file}, line 1",
        "llm.max_tokens": "VOICESLM_LLM__MAX_TOKENS",
        "llm.seed": f"{file}, line 5",
        "tts.speed": "VOICESLM_TTS__SPEED",
    }


def test_every_key_has_a_variable_that_reaches_it() -> None:
    for key in keys():
        choices = get_args(key.field.annotation) if get_origin(key.field.annotation) is Literal else ("xx",)
        value = choices[-1] if key.number is None else key.default + 1
        loaded = load(environ={"HOME": "/nowhere", key.variable: str(value)})
        table = getattr(loaded, key.section) if key.section else loaded
        assert getattr(table, key.name) == value, key.variable


@pytest.mark.parametrize("name", ["VOICESLM_LLM__MAX_TOKENS", "VOICESLM_PROFILE", "VOICESLM_CONFIG"])
def test_an_empty_variable_sets_nothing(name: str, home: dict[str, str]) -> None:
    assert trace(environ=home | {name: ""}).origins == {}


def test_variables_that_name_places_are_not_settings(tmp_path: Path, home: dict[str, str]) -> None:
    file = write(tmp_path / "v.toml", "")
    assert load(environ=home | {"VOICESLM_CONFIG": str(file), "VOICESLM_DATA": "/d"}) == Settings()


def test_an_empty_model_is_the_profiles(tmp_path: Path) -> None:
    assert load(write(tmp_path / "v.toml", '[llm]\nmodel = ""\n'), {}).llm.model is None


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "v.toml").write_bytes(b"\xef\xbb\xbf[llm]\r\nseed = 3\r\n")
    assert trace(tmp_path / "v.toml", {}).origins == {"llm.seed": f"{tmp_path / 'v.toml'}, line 2"}


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().llm.seed = 3


# What is refused, and in which words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[llm]\n\nmax_token = 5\n", "FILE, line 3: unknown key llm.max_token. Did you mean max_tokens?"),
        ("profil = 'x'\n", "FILE, line 1: unknown key profil. Did you mean profile?"),
        ("\n[lm]\nseed = 1\n", "FILE, line 2: unknown key lm. Did you mean llm?"),
        ("[tts]\nmax_tokens = 5\n", "FILE, line 2: unknown key tts.max_tokens. It belongs to [llm]"),
        ("threads = 5\n", "FILE, line 1: unknown key threads. It belongs to [stt] or [llm] or [tts]"),
        (
            "[conversation]\nx = 1\n",
            "FILE, line 2: unknown key conversation.x. Known are history_turns, forget_minutes",
        ),
        ("llm = { sed = 1 }\n", "FILE, line 1: unknown key llm.sed. Did you mean seed?"),
        ("tts.sped = 1\n", "FILE, line 1: unknown key tts.sped. Did you mean speed?"),
        (
            '[llm]\npersona = """\nseed = 1\nsed = 2\n"""\nsed = 2\n',
            "FILE, line 6: unknown key llm.sed. Did you mean seed?",
        ),
        (
            "[tts]\nspeed = 9\n[llm]\nx = 1\n",
            "FILE, line 2: tts.speed cannot be 9 (and 1 more). Give a number from 0.5 to 2.0",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_known(
    text: str, says: str, tmp_path: Path
) -> None:
    assert problem(text, tmp_path) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[llm]\nthreads = 0", "FILE, line 2: llm.threads cannot be 0. Give a whole number from 1 to 64"),
        (
            "[llm]\nthreads = true",
            "FILE, line 2: llm.threads cannot be true. Give a whole number from 1 to 64",
        ),
        ("[llm]\nthreads = 1.5", "FILE, line 2: llm.threads cannot be 1.5. Give a whole number from 1 to 64"),
        ("[llm]\nthreads = '2'", "FILE, line 2: llm.threads cannot be '2'. Give a whole number from 1 to 64"),
        (
            "[llm]\nthreads.a.b.c = 2",
            "FILE, line 2: llm.threads cannot be a table. Give a whole number from 1 to 64",
        ),
        (
            f"[llm]\nseed = 0x{'f' * 9000}",
            "FILE, line 2: llm.seed cannot be so large a number. Give a whole number from 0 to 2147483647",
        ),
        ("[tts]\nspeed = nan", "FILE, line 2: tts.speed cannot be nan. Give a number from 0.5 to 2.0"),
        ("[tts]\n[tts.speed]", "FILE, line 2: tts.speed cannot be a table. Give a number from 0.5 to 2.0"),
        (
            "language = 'EN'",
            "FILE, line 1: language cannot be 'EN'. Give a lower-case two-letter language code, such as en",
        ),
        ("profile = ''", "FILE, line 1: profile cannot be ''. Give the name of a profile"),
        ("llm = 3", "FILE, line 1: llm cannot be 3. Make it a table: [llm]"),
        ("[[llm]]\nseed = 1", "FILE, line 1: llm cannot be a list. Make it a table: [llm]"),
        (
            "[llm]\nmax_tokens = 1000\ncontext_tokens = 1000",
            "FILE, line 1: max_tokens (1000) must be smaller than context_tokens (1000). Change one of the two",
        ),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_is(text: str, says: str, tmp_path: Path) -> None:
    assert problem(text, tmp_path) == says


@pytest.mark.parametrize(
    ("text", "line", "about"),
    [
        ("[llm]\nseed = = 1\n", 2, "Invalid value"),
        ("[llm\n", 1, "Expected ']'"),
        ("seed 1", 1, "Expected '='"),
        ('[llm]\n\npersona = """never closed\n', 3, "Unterminated string"),
        ("profile = 'a'\nprofile = 'b'\n", 2, "Cannot overwrite a value"),
        ("x = " + "[" * 5000, 1, ""),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int, about: str, tmp_path: Path) -> None:
    said = problem(text, tmp_path)

    assert about in said
    assert f"FILE, line {line}: not valid TOML" in said or "nested too deeply" in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VOICESLM_LLM__MAX_TOKEN", "5", "VOICESLM_LLM__MAX_TOKEN. Did you mean VOICESLM_LLM__MAX_TOKENS?"),
        ("VOICESLM_LLM_MAX_TOKENS", "5", "VOICESLM_LLM_MAX_TOKENS. Did you mean VOICESLM_LLM__MAX_TOKENS?"),
        ("VOICESLM_llm__seed", "5", "VOICESLM_llm__seed. Did you mean VOICESLM_LLM__SEED?"),
        ("VOICESLM_LLM__SEED", "five", "VOICESLM_LLM__SEED: llm.seed cannot be 'five'. Give a whole number"),
        (
            "VOICESLM_LANGUAGE",
            "english",
            "VOICESLM_LANGUAGE: language cannot be 'english'. Give a lower-case",
        ),
        ("VOICESLM_PROFILE", "a\nb", "VOICESLM_PROFILE: profile cannot be 'a\\nb'."),
    ],
)
def test_a_variable_that_is_not_understood_is_refused_by_name(
    name: str, value: str, says: str, home: dict[str, str]
) -> None:
    with pytest.raises(Problem) as caught:
        load(environ=home | {name: value})
    assert says in str(caught.value)


def test_a_files_mistake_is_named_even_where_a_variable_overrides_its_section(tmp_path: Path) -> None:
    assert "llm cannot be 3" in problem("llm = 3", tmp_path, VOICESLM_LLM__SEED="1")


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_named_file_has_to_exist(way: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(Problem, match=r"missing\.toml does not exist") as caught:
        load(missing, {}) if way == "option" else load(environ={"VOICESLM_CONFIG": str(missing)})
    assert "voiceslm config init" in caught.value.remedy


def test_a_folder_a_loop_and_an_endless_file_are_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for file, reason in [
        (tmp_path, "Is a directory"),
        (loop, "symbolic links"),
        (Path("/dev/zero"), "larger than"),
    ]:
        with pytest.raises(Problem, match=reason):
            load(file, {})


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root, who may run the tests, may read everything
    with pytest.raises(Problem, match="cannot be read: Permission denied"):
        load(tmp_path / "v.toml", {})


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "v.toml").write_bytes(b"[llm]\npersona = 'caf\xe9'\n")
    with pytest.raises(Problem, match=r"line 2: not UTF-8"):
        load(tmp_path / "v.toml", {})


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_no_bytes_give_anything_but_settings_or_a_problem(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "v.toml").write_bytes(content)
    try:
        load(tmp_path / "v.toml", {})
    except Problem as problem:
        assert "\n" not in str(problem)  # noqa: PT017 - no Problem is right, too


VALUES = st.sampled_from(
    [
        "1",
        "-1",
        "1.5",
        "nan",
        "true",
        '"text"',
        "''",
        "[]",
        "[[1], {a = 1}]",
        "{}",
        "{ threads = 1 }",
        "1979-05-27",
        '"""\nx\n"""',
    ]
)
NAMES = st.sampled_from(
    ["llm", "stt.model", "threads", "profile", "tts.speed.x", '"llm"', '"a.b"', "nothing"]
)
STATEMENTS = st.one_of(
    st.builds("[{}]".format, NAMES),
    st.builds("[[{}]]".format, NAMES),
    st.builds("{} = {}".format, NAMES, VALUES),
    st.just("# remark"),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=st.lists(STATEMENTS, max_size=8))
def test_a_mistake_in_valid_toml_is_told_with_its_line(statements: list[str], tmp_path: Path) -> None:
    file = write(tmp_path / "v.toml", "\n".join(statements))
    try:
        load(file, {})
    except Problem as problem:
        assert re.match(rf"{re.escape(str(file))}, line \d+: ", str(problem))  # noqa: PT017 - no Problem is right, too


def test_the_line_of_a_key_is_the_one_it_begins_on() -> None:
    text = (
        "a = 1\n[t] # ]\nb = [\n 1,\n]\n'c d'.e = 1\n[t.u]\nf = '''\ng = 1\n'''\n[[v]]\nh = 1\n[[v]]\nh = 2\n"
    )

    assert lines_of_keys(text) == {
        ("a",): 1,
        ("t",): 2,
        ("t", "b"): 3,
        ("t", "c d"): 6,
        ("t", "u"): 7,
        ("v",): 11,
        ("v", "h"): 12,
    }


# What is written


def test_the_commented_file_is_the_defaults(tmp_path: Path) -> None:
    assert tomllib.loads(config.commented()) == {name: {} for name in sections()}
    assert load(write(tmp_path / "v.toml", config.commented()), {}) == Settings()


def test_the_commented_file_with_every_key_uncommented_is_the_defaults(tmp_path: Path) -> None:
    loaded = trace(write(tmp_path / "v.toml", uncommented(config.commented())), {})

    assert loaded.settings == Settings()
    assert set(loaded.origins) == {key.dotted for key in keys()}


def test_what_is_shown_loads_to_the_same_settings(tmp_path: Path) -> None:
    environ = {
        "HOME": "/nowhere",
        "VOICESLM_LLM__PERSONA": 'one\n"""two""" \\ \x7f\n',
        "VOICESLM_TTS__SPEED": "1.5",
    }
    before = trace(environ=environ)

    text = config.shown(before)

    assert "speed = 1.5  # VOICESLM_TTS__SPEED\n" in text
    assert "seed = 0\n" in text
    assert load(write(tmp_path / "v.toml", text), {}) == before.settings


@given(st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)))
def test_any_value_survives_being_written(value: str | float) -> None:
    assert tomllib.loads(f"key = {toml(value)}") == {"key": value}


def test_every_key_is_described_in_one_line() -> None:
    for key in keys():
        assert key.field.description, key.dotted
        assert "\n" not in key.field.description
        assert key.allowed


def test_the_reference_is_the_settings() -> None:
    found = re.search(
        r"<!-- settings.*?-->\n(.*?)<!-- /settings -->", DOCS.read_text(encoding="utf-8"), re.DOTALL
    )

    assert found
    assert found[1].strip() == config.reference().strip(), (
        f"paste what this prints: .venv/bin/python -c '{UPDATE}'"
    )
