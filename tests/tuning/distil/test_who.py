"""Which teacher the settings and the command line mean."""

from __future__ import annotations

import pytest

from voiceslm.config import Settings, Teacher
from voiceslm.errors import Problem
from voiceslm.tuning.distil.remote import RemoteTeacher
from voiceslm.tuning.distil.who import teacher_of

URL = "http://box.lan:8080/v1"


def settings(**teacher):
    return Settings(teacher=Teacher(**teacher))


@pytest.mark.parametrize("named", ["", URL, f"{URL}/"])
def test_the_address_in_the_settings_teaches(named):
    with teacher_of(
        settings(url=URL, model="large", licence="MIT"), named, default="smollm2-135m-instruct"
    ) as teacher:
        assert isinstance(teacher, RemoteTeacher)
        assert teacher.remote
        assert (teacher.name, teacher.licence) == ("large at box.lan", "MIT")


@pytest.mark.parametrize("named", ["http://box.lan:8081/v1", "https://box.lan:8080/v1", "http://other/v1"])
def test_another_address_does_not(named):
    with pytest.raises(Problem, match="it is not listed"):
        teacher_of(settings(url=URL), named, default="smollm2-135m-instruct")


def test_a_key_that_cannot_be_read_is_told_before_anything_is_sent(tmp_path):
    with pytest.raises(Problem, match=r"teacher\.key_file"):
        teacher_of(settings(url=URL, key_file=str(tmp_path / "none")), default="smollm2-135m-instruct")


@pytest.mark.parametrize("named", ["no-such-model", "/nowhere/model.gguf"])
def test_a_model_that_is_not_there_is_told(named):
    with pytest.raises(Problem):
        teacher_of(settings(url=URL), named, default="smollm2-135m-instruct")


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm")
def test_a_local_model_goes_before_the_address_and_has_the_terms_of_the_catalog():
    with teacher_of(
        settings(url=URL, model="large", licence="secret"), "smollm2-135m-instruct", default="x"
    ) as teacher:
        assert not teacher.remote
        assert (teacher.name, teacher.licence) == ("smollm2-135m-instruct", "Apache-2.0")


@pytest.mark.models
def test_a_file_of_ones_own_teaches_under_the_terms_that_the_owner_states(tiny_llm):
    with teacher_of(settings(model=str(tiny_llm), licence="CC0"), default="x") as teacher:
        assert (teacher.name, teacher.licence) == (tiny_llm.name, "CC0")
    with teacher_of(settings(), str(tiny_llm), default="x") as teacher:
        assert teacher.licence == ""
