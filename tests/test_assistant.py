import asyncio

import pytest

from tests.fakes import Gate
from voiceslm.assistant import Assistant
from voiceslm.config import Home, Llm, Mqtt, Settings, Tts
from voiceslm.conversation.pipeline import Conversation
from voiceslm.engines import models_of
from voiceslm.errors import Problem
from voiceslm.residence import Residence


def test_the_profile_names_the_models():
    models = models_of(Settings(profile="tiny"))
    assert (models.stt, models.llm) == ("whisper-tiny.en", "smollm2-135m-instruct")


def test_a_setting_beats_the_profile():
    models = models_of(Settings(llm=Llm(model="/my/model.gguf"), tts=Tts(voice="de_DE-thorsten-medium")))
    assert (models.stt, models.llm, models.voice) == (
        "whisper-base",
        "/my/model.gguf",
        "de_DE-thorsten-medium",
    )


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(Problem, match=r"'huge'.*default, small, tiny"):
        models_of(Settings(profile="huge"))


@pytest.mark.models
@pytest.mark.usefixtures("joe")
async def test_only_the_engines_that_are_needed_are_loaded():
    async with Assistant(Settings(profile="tiny")) as assistant:
        await assistant.load(speak=True)
        assert assistant.models.keys() == assistant.load_ms.keys() == {"voice"}


@pytest.mark.models
@pytest.mark.usefixtures("joe", "tiny_llm")
async def test_it_is_warm_before_the_first_question():
    async def drop(_speech):
        pass

    async with Assistant(Settings(profile="tiny")) as assistant:
        await assistant.load(think=True, speak=True)
        record = await assistant.conversation.ask("Who wrote Hamlet?", drop)
    assert record.prompt_tokens is not None
    assert record.user_tokens is not None
    assert record.prompt_tokens - record.user_tokens <= 40


@pytest.mark.models
@pytest.mark.usefixtures("joe")
async def test_an_engine_that_crashes_while_it_is_warmed_up_does_not_keep_the_others_from_working(
    monkeypatch,
):
    async def crash(_conversation):
        raise RuntimeError("it crashed")

    monkeypatch.setattr(Conversation, "settle", crash)
    async with Assistant(Settings(profile="tiny")) as assistant:
        await assistant.load(speak=True)
        assert assistant.models.keys() == {"voice"}


def resident(**home):
    """Return settings with a home, and a residence that is not connected."""
    settings = Settings(mqtt=Mqtt(host="127.0.0.1"), home=Home(**home))
    return settings, Residence(settings, report=lambda _: None)


async def test_a_pin_that_cannot_be_read_ends_it_before_anything_could_be_opened(tmp_path):
    settings, residence = resident(pin_file=str(tmp_path / "none"))
    async with Assistant(settings, residence) as assistant:
        with pytest.raises(Problem, match=r"\(home.pin_file\) cannot be read"):
            await assistant.load()


async def test_where_it_cannot_be_loaded_nothing_is_left_loading(tmp_path, monkeypatch):
    gate = Gate()
    monkeypatch.setattr("voiceslm.crew.resolve", lambda name, kind: name)
    monkeypatch.setattr("voiceslm.crew.load_voice", lambda *_: gate.pass_through())
    settings, residence = resident(pin_file=str(tmp_path / "none"))
    async with Assistant(settings, residence) as assistant:
        with pytest.raises(Problem, match="cannot be read"):
            await assistant.load(speak=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        gate.released.set()


async def test_commands_need_no_engine_and_what_is_declared_no_broker():
    lamp = {"component": "light", "name": "Lamp", "command_topic": "lamp/set", "state_topic": "lamp"}
    settings, residence = resident(devices=[lamp])
    residence.sentences.learn([*residence.home.entities.values()])
    async with Assistant(settings, residence) as assistant:
        await assistant.load()
        assert assistant.models == {}
        assert assistant.conversation.is_command("turn on the lamp")
        record = await assistant.conversation.write("turn on the lamp")
    assert [action.rpartition(" ")[2] for action in record.actions] == ["offline"]


async def test_a_document_that_changes_while_it_runs_is_known_at_the_next_look(
    tmp_path, monkeypatch, meaning
):
    monkeypatch.setattr("voiceslm.assistant.LOOK_SECONDS", 0.0)
    note = tmp_path / "notes" / "shop.md"
    note.parent.mkdir()
    note.write_text("# Renting\n\nA tandem costs 45 euros a day.\n")
    settings = Settings.model_validate(
        {"profile": "tiny", "knowledge": {"paths": [str(note.parent)], "scope": "strict"}}
    )
    async with Assistant(settings) as assistant:
        await assistant.load()
        before = await assistant.conversation.write("What does a tandem cost a day?")
        note.write_text("# Renting\n\nA tandem costs 52 euros for a day.\n")
        await assistant.mend()
        after = await assistant.conversation.write("What does a tandem cost a day?")
    assert ("45" in before.reply, "52" in after.reply) == (True, True)
    assert after.sources == ("shop.md#Renting",)
