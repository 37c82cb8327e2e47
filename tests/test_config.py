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
from voiceslm.config import Home, Mqtt, Settings, load, trace
from voiceslm.config.keys import Key, keys, sections
from voiceslm.config.lines import lines_of_keys
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


WITH = {
    "mqtt.password": {"VOICESLM_MQTT__USERNAME": "me"},
    "mqtt.password_file": {"VOICESLM_MQTT__USERNAME": "me"},
    "mqtt.ca_file": {"VOICESLM_MQTT__TLS": "on"},
    "mqtt.cert_file": {"VOICESLM_MQTT__TLS": "on"},
    "mqtt.key_file": {"VOICESLM_MQTT__TLS": "on", "VOICESLM_MQTT__CERT_FILE": "c"},
}
"""Settings that mean nothing without another."""


def example(key: Key) -> str:
    """Return a value that ``key`` may have, as a variable holds it."""
    if get_origin(key.field.annotation) is Literal:
        return str(get_args(key.field.annotation)[-1])
    if key.number:
        return str(key.default + 1)
    if key.dotted == "teacher.may_see":
        return "home"
    return "1234" if key.secret else "xx"


def test_every_key_but_tables_has_a_variable_that_reaches_it() -> None:
    for key in keys():
        if key.tabular:
            continue
        text = example(key)
        environ = {"HOME": "/nowhere", key.variable: text} | WITH.get(key.dotted, {})
        loaded = load(environ=environ)
        value = getattr(getattr(loaded, key.section) if key.section else loaded, key.name)
        if key.secret:
            value = value.get_secret_value()
        expected = [text] if key.listed else key.number(text) if key.number else text
        assert value == expected, key.variable


def test_a_list_in_a_variable_is_parted_by_commas(home: dict[str, str]) -> None:
    environ = home | {"VOICESLM_HOME__UNGUARD": " Front door, lock.back ,"}
    assert load(environ=environ).home.unguard == ["Front door", "lock.back"]


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
        ("t", "c d", "e"): 6,
        ("t", "u"): 7,
        ("t", "u", "f"): 8,
        ("v",): 11,
        ("v", "0"): 11,
        ("v", "0", "h"): 12,
        ("v", "1"): 13,
        ("v", "1", "h"): 14,
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


HOME = """
[home]
unguard = ["Front door"]

[home.areas]
"light.lamp" = "kitchen"

[home.floors]
upstairs = ["bedroom", "bathroom"]

[[home.devices]]
component = "switch"
name = "Pump"
command_topic = "pump/set"
retain = true

[[home.devices]]
component = "light"
name = "Lamp"
effect_list = ["a", "b"]
availability = [{ topic = "x" }]
"""


def test_lists_and_tables_are_read_and_shown(tmp_path: Path) -> None:
    loaded = trace(write(tmp_path / "v.toml", HOME), {})

    found = loaded.settings.home
    assert found.unguard == ["Front door"]
    assert found.areas == {"light.lamp": "kitchen"}
    assert found.floors == {"upstairs": ["bedroom", "bathroom"]}
    assert [device["name"] for device in found.devices] == ["Pump", "Lamp"]
    assert load(write(tmp_path / "shown.toml", config.shown(loaded)), {}) == loaded.settings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[home]\nunguard = 'x'", "FILE, line 2: home.unguard cannot be 'x'. Give a list of ids or names"),
        ("[home]\nhidden = ['x', 3]", "FILE, line 2: home.hidden cannot be 3. Give a list of ids or names"),
        ("[home.areas]\na = 'b'\nc = 4", "FILE, line 3: home.areas cannot be 4. Give a table such as"),
        ("[home.aliases]\na = 'b'", "FILE, line 2: home.aliases cannot be 'b'. Give a table such as"),
        ("[home]\ndevices = 'x'", "FILE, line 2: home.devices cannot be 'x'. Give tables [[home.devices]]"),
        (
            "[[home.devices]]\ncomponent = 'a'\nname = 'b'\n[[home.devices]]\ncomponent = 'a'\n",
            "FILE, line 4: home.devices: name is missing, or is no text. Give tables [[home.devices]]",
        ),
        ("[mqtt]\ntopic_prefix = 'a/#'", "FILE, line 2: mqtt.topic_prefix cannot be 'a/#'. Give a topic"),
        ("[mqtt]\nid = 'A b'", "FILE, line 2: mqtt.id cannot be 'A b'. Give a to z, 0 to 9, _ and -"),
        ("[mqtt]\nca_file = 'x'", 'FILE, line 1: mqtt names certificates, but tls is "off". Change one'),
        ("[mqtt]\ntls = 'on'\nkey_file = 'x'", "FILE, line 1: mqtt.key_file is set, but cert_file is empty"),
        ("[mqtt]\npassword = 'x'", "FILE, line 1: mqtt has a password, but username is empty"),
        ("[home]\npin = '1234'\npin_file = 'x'", "FILE, line 1: home.pin and home.pin_file are both set"),
        (
            "[teacher]\nkey = 'a'\nkey_file = 'x'",
            "FILE, line 1: teacher.key and teacher.key_file are both set",
        ),
        ("[teacher]\nmay_see = ['house']", "FILE, line 2: teacher.may_see cannot be a list"),
        (
            "[mqtt]\nusername = 'u'\npassword = 'x'\npassword_file = 'x'",
            "FILE, line 1: mqtt.password and mqtt.password_file are both set. Change one of the two",
        ),
    ],
)
def test_what_is_wrong_with_the_home_is_told_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    assert problem(text, tmp_path).startswith(says)


@pytest.mark.parametrize("name", ["VOICESLM_HOME__AREAS", "VOICESLM_HOME__DEVICES"])
def test_a_variable_cannot_set_a_table(name: str, home: dict[str, str]) -> None:
    with pytest.raises(Problem, match=f"{name} cannot set a table. Write it to a file"):
        load(environ=home | {name: "x"})


# Secrets

SECRETS = "[mqtt]\nusername = 'me'\npassword = 'hunter2'\n[home]\npin = '987654'\n"


def test_a_secret_is_shown_as_set_and_never_itself(tmp_path: Path) -> None:
    loaded = trace(write(tmp_path / "v.toml", SECRETS), {})

    text = config.shown(loaded) + repr(loaded.settings) + loaded.settings.model_dump_json()

    assert f'#password = "(set)"  # {tmp_path / "v.toml"}, line 3\n' in text
    assert "hunter2" not in text
    assert "987654" not in text


@pytest.mark.parametrize("value", ["'987'", "987654", "['987654']", "'98765four'", "'987654\\n'"])
def test_a_secret_that_is_not_allowed_is_not_repeated(value: str, tmp_path: Path) -> None:
    said = problem(f"[home]\npin = {value}", tmp_path)
    assert said == "FILE, line 2: home.pin cannot be what is given there. Give 4 to 12 digits in quotes"


def test_a_secret_is_read_from_the_settings_or_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = write(tmp_path / "secret", " 123456 \nsecond line\n")

    assert config.mqtt_password(load(write(tmp_path / "v.toml", SECRETS), {}).mqtt) == "hunter2"
    assert config.mqtt_password(Mqtt(username="me", password_file=str(file))) == "123456"
    assert config.home_pin(Home(pin_file=str(file))) == "123456"
    assert (config.mqtt_password(Mqtt()), config.home_pin(Home())) == ("", "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "pin (home.pin_file) cannot be read: No such file or directory"),
        (b"\n1234\n", "pin (home.pin_file) is empty"),
        (b"9" * 5000, "pin (home.pin_file) is too long"),
        (b"\xff\xfe", "pin (home.pin_file) holds no text"),
        (b"98765\xc2\xb2", "pin (home.pin_file) is no PIN. Write 4 to 12 digits there"),
    ],
)
def test_a_secrets_file_that_cannot_serve_is_named_and_not_repeated(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "pin"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Problem) as caught:
        config.home_pin(Home(pin_file=str(file)))

    assert says in str(caught.value)
    assert "9999" not in str(caught.value)
    assert "98765" not in str(caught.value)


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
