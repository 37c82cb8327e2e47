"""Templates of devices: what they yield, and what a hostile one does not get."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceslm.home.templates import LONGEST_SOURCE, ConfigRefused, Template, TemplateFailed

QUICK = 0.5
"""Seconds in which whatever comes over the network is dealt with, on a busy machine."""


@pytest.mark.parametrize(
    ("source", "payload", "expected"),
    [
        ("{{ value }}", "ON", "ON"),
        ("  {{ value }}\n", "ON", "ON"),
        ("{{ value_json.state }}", '{"state": "ON"}', "ON"),
        ('{{ value_json["state_left"] }}', '{"state_left": "OFF"}', "OFF"),
        ("{{ value_json.state }}", '{"brightness": 3}', ""),
        ("{{ value_json.state }}", "5", ""),
        ("{{ value_json.update.state }}", '{"update": {"state": "idle"}}', "idle"),
        ("{{ value_json.thermostats.0.on }}", '{"thermostats": [{"on": false}]}', "False"),
        ("{{ value_json.permit_join | lower }}", '{"permit_join": true}', "true"),
        ("{{ value_json.data | tojson }}", '{"data": [1, "a"]}', '[1, "a"]'),
        ("{{ value | float / 60 }}", "90", "1.5"),
        ("{{ value | int }}", "90.7", "90"),
        ("{{ value | int(base=16) }}", "ff", "255"),
        ("{{ value | int(7) }}", "unknown", "7"),
        ("{{ value | float(0) | round(1) }}", "3.14159", "3.1"),
        ("{{ (value | float * 1000) | round }}", "0.25", "250"),
        ("{{ value | round(0, 'ceil') }}", "1.2", "2"),
        ("{{ value_json.x | default('none') }}", "{}", "none"),
        ("{{ iif(value == 'a', 'yes', 'no') }}", "a", "yes"),
        ("{{ value.split(',')[1] | trim }}", "1, 2", "2"),
        ("{{ value[0:2] }}", "abcdef", "ab"),
        ("{{ value | replace(',', '.') }}", "1,5", "1.5"),
        ("{{ '%02x' | format(value | int) }}", "10", "0a"),
        ("{{ 'r' ~ value ~ 1 }}", "g", "rg1"),
        ("{{ value_json.get('a', 'b') }}", '{"c": 1}', "b"),
        ("{{ min(1, value | int, 3) }}", "2", "1"),
        ("{% if value in ('5', '6') %}3{% elif value is none %}4{% else %}{{ value }}{% endif %}", "6", "3"),
        (
            "{% set modes = {'pause': 'off'} %}{{ modes[value] if value in modes.keys() else 'x' }}",
            "pause",
            "off",
        ),
        ("{{ value_json.rgb | join(',') }}", '{"rgb": [1, 2, 3]}', "1,2,3"),
        ("{{ 0 | timestamp_utc }}", "", "1970-01-01T00:00:00+00:00"),
        ("{{ now().strftime('%Y') | int > 2000 }}", "", "True"),
    ],
)
def test_a_template_yields_what_home_assistants_does(source, payload, expected):
    assert Template(source).value(payload) == expected


def test_a_command_is_made_of_its_variables():
    assert Template('{ "position": {{ position }} }').render(position=40) == '{ "position": 40 }'


@pytest.mark.parametrize(
    ("source", "payload"),
    [
        ("{{ value_json.a.b }}", '{"c": 1}'),
        ("{{ value_json.a | float }}", "{}"),
        ("{{ value | int }}", "many"),
        ("{{ 1 / value | int }}", "0"),
        ("{{ value_json.a | round(2) }}", '{"a": "x"}'),
        ("{{ value_json.state }}", "no JSON"),
        ("{{ value_json.state }}", '{"state": NaN}'),
        ("{{ value + 1 }}", "1"),
        ("{{ value_json.a }}", '"' + "a" * 65_536 + '"'),
    ],
)
def test_a_template_that_has_no_result_says_so(source, payload):
    with pytest.raises(TemplateFailed):
        Template(source).value(payload)


def test_what_was_defined_by_a_template_is_gone_when_it_is_rendered_again():
    template = Template("{% if value == 'a' %}{% set b = 1 %}{% endif %}{{ b }}")

    assert template.value("a") == "1"
    assert template.value("c") == ""


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in range(10**9) %}a{% endfor %}",
        "{% for x in value %}a{% endfor %}",
        "{{ range(10) }}",
        "{{ 2 ** 99999999 }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% import 'x' as y %}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}a{% endfilter %}",
        "{% set x %}a{% endset %}",
        "{% set x.y = 1 %}",
        "{% set x = namespace() %}",
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ value_json | attr('__class__') }}",
        "{{ value | map('upper') | list }}",
        "{{ lipsum() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self }}",
        "{{ '{0.__class__}'.format(value) }}",
        "{{ value.format_map({}) }}",
        "{{ value.encode() }}",
        "{{ value(1) }}",
        "{{ (value ~ value)(1) }}",
        "{{ float(*value) }}",
        "{{ float(**value_json) }}",
        "{{ 'a' | center(1000000000) }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ 'a'.ljust(1000000000) }}",
        "{{ 1e999 }}",
        "{{ states('lock.front_door') }}",
        "{{ value",
        "{% endif %}",
        "{{ 'open",
        "{{ " + "(" * 1_500 + "1" + ")" * 1_500 + " }}",
        "{{ " + "[" * 500 + "]" * 500 + " }}",
        "{{ " + "-" * 3_000 + "1 }}",
        "{{ " + "not " * 900 + "1 }}",
        "{{ value" + " | lower" * 400 + " }}",
        "a" * (LONGEST_SOURCE + 1),
    ],
)
def test_what_no_device_needs_is_refused(source):
    before = time.monotonic()

    with pytest.raises(ConfigRefused) as refused:
        Template(source)

    assert time.monotonic() - before < QUICK
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ 1000000000 * 'a' }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ '%.1000000000f' | format(1) }}",
        "{{ '%*d' | format(1000000000, 1) }}",
        "{{ '%(a)1000000000d' | format({'a': 1}) }}",
        "{{ '%1000000000d' is even }}",
        "{{ '%1000000000d' is divisibleby(3) }}",
        "{{ now().strftime('%1000000000d') }}",
        "{{ 0 | timestamp_custom('%1000000000d') }}",
        "{{ 1 | round(1000000000) }}",
        "{{ 1.5 | round(-1000000000, 'floor') }}",
        "{{ " + "9" * 3_900 + " * 9 }}",
        "{{ value | replace('', value) }}",
        "{{ value.replace('a', value) }}",
        "{{ value | list }}",
        "{{ value.split('a') | join(value) }}",
        "{{ " + "~".join(["value"] * 200) + " }}",
        "{{ value }}" * 150,
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
        "{% set a = [1, 1] %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
        "{% set a = [1, 1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
        "{% set a = [1, 1] %}" + "{% set a = {1: a, 2: a} %}" * 60 + "{{ a == a }}",
        "{% set a = 3 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
        "{{ value" + " | tojson" * 30 + " }}",
    ],
)
def test_nothing_grows_without_bound(source):
    template = Template(source)
    before = time.monotonic()

    with pytest.raises(TemplateFailed):
        template.value("a" * 65_536)

    assert time.monotonic() - before < QUICK


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''['__class__'] }}",
        "{{ value_json['__class__'] }}",
        "{{ value.format }}",
        "{{ value_json.keys }}",
        "{{ now().replace }}",
        "{{ cycler }}{{ lipsum }}{{ joiner }}{{ dict }}{{ namespace }}",
    ],
)
def test_of_objects_only_items_can_be_reached(source):
    assert Template(source).value('{"a": 1}') == ""


@pytest.mark.parametrize(
    "payload",
    [
        "a" * 10_000_000,
        "[" * 30_000 + "]" * 30_000,
        "[" * 400 + "]" * 400,
        '"' + "\\\\" * 30_000 + '"',
        "NaN",
    ],
    ids=["10 MB", "30,000 deep", "400 deep", "backslashes", "not a number"],
)
def test_any_payload_is_dealt_with_soon(payload):
    template = Template("{{ value_json | string | lower | tojson | tojson }}")
    before = time.monotonic()

    with contextlib.suppress(TemplateFailed):
        template.value(payload)

    assert time.monotonic() - before < QUICK


SNIPPETS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{{ value }}",
            "{{ value_json.a }}",
            "value",
            "value_json",
            "self",
            "a",
            "'a'",
        ),
        *(
            "1",
            "1e9",
            "*",
            "**",
            "+",
            "~",
            "%",
            "|",
            ".",
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            ",",
            ":",
            "__class__",
        ),
        *(
            "if",
            "else",
            "endif",
            "set",
            "for",
            "in",
            "is",
            "not",
            "format",
            "replace",
            "join",
            "list",
            "round",
        ),
        *("tojson", "now", "keys", "split", "float", "int", "=", "==", " ", " ", "'%9d'", "even", "loop"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(SNIPPETS, max_size=25).map(" ".join)), st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_template_or_is_refused(source, payload):
    try:
        result = Template(source).value(payload)
    except (ConfigRefused, TemplateFailed):
        return

    assert "object at 0x" not in result


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5)
)
@settings(max_examples=200, deadline=None)
def test_any_value_is_rendered_or_fails(value):
    for source in (
        "{{ value | float(0) | round(2) }} {{ value | int(0) }}",
        "{{ value * 2 - value }}",
        "{{ value | min }} {{ value | first }} {{ value | join('-') }}",
        "{{ '%s %d' | format(value, value) }} {{ value is even }}",
        "{{ value | timestamp_custom('%H') }} {{ value | bool }}",
    ):
        with contextlib.suppress(TemplateFailed):
            assert isinstance(Template(source).render(value=value), str)
