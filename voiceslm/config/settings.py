"""Every setting there is: a class a section, a described field a key.

The description (with its unit), the limits and the default of a field are said once, here; error messages,
the file that ``voiceslm config init`` writes and the tables of docs/configuration.md are made from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - pydantic reads annotations at run time
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from voiceslm.config.values import (
    DEVICE,
    ENTITIES,
    ID_OR_PATH,
    PATH,
    SHOWABLE,
    TOPIC,
    Declared,
    DeviceName,
    Name,
    Names,
    Pin,
    ProfileDecides,
    Secret,
    Shown,
    Text,
    Threads,
    Topic,
)

DEFAULT_PERSONA = """\
You are a voice assistant. Your words are spoken aloud: answer in one short, plain sentence, and in more \
only when asked to explain, describe or tell. No lists, markdown, code or emoji.
Lights and other devices, timers, alarms and lists are looked after before a sentence reaches you: you \
yourself cannot switch, open, lock, set, remind, play, buy or send anything, and you do not know the time, \
the date, the weather, the news or the state of any device. Asked for one of these, say that you did not \
understand what to do, or that you have no way to know.
Say that you are not sure rather than guess."""
"""Naming what it cannot do is what keeps the default model from claiming to have done it."""


class Section(BaseModel):
    """What all sections share: unknown keys, other types and later changes are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=()
    )


class Stt(Section):
    """Speech to text: whisper."""

    model: ProfileDecides = Field(
        default=None, json_schema_extra=ID_OR_PATH, description="Whisper model; a path names a folder."
    )
    threads: Threads = Field(
        default=1,
        description="Processor threads that whisper uses; more than one rarely helps short windows.",
    )


class Llm(Section):
    """The language model: llama.cpp."""

    model: ProfileDecides = Field(
        default=None, json_schema_extra=ID_OR_PATH, description="Language model; a path names a GGUF file."
    )
    adapter: Text = Field(
        default="",
        json_schema_extra={"allowed": "the name of an adapter, or the path of its folder; empty for none"},
        description="What the model has learnt besides; `voiceslm tune --list` tells what there is.",
    )
    threads: Threads = Field(default=2, description="Processor threads that the language model uses.")
    context_tokens: int = Field(
        default=2048,
        ge=512,
        le=32768,
        description="Room for persona, history, question and reply, in tokens.",
    )
    max_tokens: int = Field(default=256, ge=16, le=2048, description="Longest reply, in tokens.")
    temperature: float = Field(
        default=0.0, ge=0, le=2, description="How freely words are chosen: 0 always takes the likeliest."
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Start of the random choices, where temperature is above 0.",
    )
    persona: str = Field(
        default=DEFAULT_PERSONA,
        min_length=1,
        max_length=4000,
        json_schema_extra={
            "allowed": "text in quotes, at most 4000 characters; between triple quotes it may span lines"
        },
        description="What the model is told about itself.",
    )

    @model_validator(mode="after")
    def _reply_fits(self) -> Self:
        if self.max_tokens >= self.context_tokens:
            raise ValueError(
                f"max_tokens ({self.max_tokens}) must be smaller than context_tokens ({self.context_tokens})"
            )
        return self


class Tts(Section):
    """Text to speech: piper."""

    voice: ProfileDecides = Field(
        default=None, json_schema_extra=ID_OR_PATH, description="Voice; a path names an .onnx file."
    )
    speed: float = Field(default=1.0, ge=0.5, le=2.0, description="Pace of speech: 2 is twice as fast.")
    threads: Threads = Field(default=2, description="Processor threads that the voice uses.")


class Conversation(Section):
    """What one turn knows of the turns before it."""

    history_turns: int = Field(default=6, ge=0, le=50, description="Earlier exchanges that the model sees.")
    forget_minutes: float = Field(
        default=5.0, ge=0.5, le=1440, description="Minutes of silence after which a new conversation begins."
    )


class Audio(Section):
    """Microphone and loudspeaker."""

    input: DeviceName = Field(
        default=None, json_schema_extra=DEVICE, description="Microphone; see `voiceslm devices`."
    )
    output: DeviceName = Field(
        default=None, json_schema_extra=DEVICE, description="Loudspeaker; see `voiceslm devices`."
    )
    earcons: Literal["off", "on"] = Field(
        default="off",
        description="A short sound at the wake word, when a request was understood, and after a failure.",
    )
    echo_cancelling: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Take the loudspeaker's sound out of the microphone's; auto: unless the microphone's "
        "name says that the system does.",
    )


class Listening(Section):
    """Who is spoken to, and when an utterance ends."""

    wake: Literal["okay_nabu", "hey_jarvis", "hey_mycroft", "alexa", "none", "key"] = Field(
        default="okay_nabu",
        description="Wake word; none: everything that is said is for the assistant; key: only what is said "
        "after `voiceslm talk`.",
    )
    wake_threshold: float = Field(
        default=0.0, ge=0, le=1, description="How sure of the wake word to be: 0 takes the word's own figure."
    )
    follow_up_seconds: float = Field(
        default=6.0,
        ge=0,
        le=60,
        description="Seconds after a reply in which no wake word is needed; 0 asks for it every time.",
    )
    endpoint: Literal["fast", "normal", "patient"] = Field(
        default="normal", description="How long a pause ends an utterance."
    )
    longest_seconds: float = Field(
        default=30.0, ge=5, le=60, description="Seconds after which an utterance is taken as it is."
    )


class Mqtt(Section):
    """The broker through which the home is reached. Without a host there is none."""

    host: Text = Field(
        default="",
        json_schema_extra={"allowed": "a host name or an address, or empty for no broker"},
        description="Broker, such as localhost.",
    )
    port: int = Field(default=0, ge=0, le=65535, description="Its port; 0: 1883, or 8883 with TLS.")
    username: Text = Field(default="", description="User's name at the broker; empty: none is told.")
    password: Secret = Field(
        default=SecretStr(""), max_length=4096, description="Password of that user; never printed."
    )
    password_file: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="File whose first line is the password, in place of `password`.",
    )
    tls: Literal["off", "on"] = Field(default="off", description="Encrypt, and know the broker.")
    ca_file: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="PEM file of the authority that signed the broker's certificate; empty: the system's.",
    )
    cert_file: Text = Field(
        default="", json_schema_extra=PATH, description="PEM file of the certificate shown to the broker."
    )
    key_file: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="PEM file of that certificate's key; empty: it is in the same file.",
    )
    version: Literal["5", "3.1.1"] = Field(default="5", description="Version of MQTT that the broker speaks.")
    keepalive_seconds: int = Field(
        default=30,
        ge=5,
        le=1200,
        description="Seconds without a word after which broker and assistant ask whether the other is there.",
    )
    discovery_prefix: Topic = Field(
        default="homeassistant",
        json_schema_extra=TOPIC,
        description="Topic below which devices announce themselves (Home Assistant's MQTT discovery).",
    )
    topic_prefix: Topic = Field(
        default="voiceslm",
        json_schema_extra=TOPIC,
        description="Topic below which the assistant's own topics lie.",
    )
    id: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]{0,64}$",
        json_schema_extra={"allowed": "a to z, 0 to 9, _ and -, or empty for the host's name"},
        description="This assistant's name in topics; each assistant of a home needs its own.",
    )
    announce: Literal["on", "off"] = Field(
        default="on", description="Announce the assistant to Home Assistant and the like."
    )
    transcripts: Literal["off", "on"] = Field(
        default="off", description="Publish with each turn what was said and answered."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.password and self.password_file:
            raise ValueError("mqtt.password and mqtt.password_file are both set")
        if (self.password or self.password_file) and not self.username:
            raise ValueError("mqtt has a password, but username is empty")
        if self.tls == "off" and (self.ca_file or self.cert_file or self.key_file):
            raise ValueError('mqtt names certificates, but tls is "off"')
        if self.key_file and not self.cert_file:
            raise ValueError("mqtt.key_file is set, but cert_file is empty")
        return self


class Home(Section):
    """What is known of the home beyond what its devices tell, and what may be done in it by voice."""

    area: Text = Field(default="", description="Room that this assistant stands in, such as kitchen.")
    confirm_seconds: float = Field(
        default=2.0,
        ge=0.2,
        le=10,
        description="Longest wait for a device's own report after a command, in seconds.",
    )
    commands_per_minute: int = Field(
        default=60, ge=1, le=6000, description="Most commands that are sent in a minute."
    )
    unguard: Names = Field(
        default_factory=list,
        json_schema_extra=ENTITIES,
        description="Locks, garage doors, valves and alarms that may be unlocked, opened or disarmed by "
        "voice, with the PIN; all others only be locked and closed.",
    )
    pin: Pin = Field(
        default=SecretStr(""),
        json_schema_extra={"allowed": "4 to 12 digits in quotes"},
        description="What has to be said for that; never printed.",
    )
    pin_file: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="File whose first line is the PIN, in place of `pin`.",
    )
    hidden: Names = Field(
        default_factory=list,
        json_schema_extra=ENTITIES,
        description="What the assistant shall know nothing of.",
    )
    forbidden: Names = Field(
        default_factory=list,
        json_schema_extra=ENTITIES,
        description="What may be asked about, but never acted upon.",
    )
    areas: Mapping[str, Name] = Field(
        default_factory=dict,
        json_schema_extra={"allowed": 'a table such as { "Ceiling lamp" = "kitchen" }'},
        description="Room that an entity, by id or name, is in.",
    )
    floors: Mapping[str, Names] = Field(
        default_factory=dict,
        json_schema_extra={"allowed": 'a table such as { upstairs = ["bedroom", "bathroom"] }'},
        description="Rooms of each floor.",
    )
    aliases: Mapping[str, Names] = Field(
        default_factory=dict,
        json_schema_extra={"allowed": 'a table such as { "Ceiling lamp" = ["big light"] }'},
        description="Further names of an entity, by id or name.",
    )
    lists: Names = Field(
        default_factory=list,
        json_schema_extra={"allowed": 'a list of names in quotes, such as ["Holidays"]'},
        description="Lists there are besides the shopping list, such as personal tasks.",
    )
    devices: Sequence[Declared] = Field(
        default_factory=list,
        json_schema_extra={"allowed": "tables [[home.devices]], each with component and name"},
        description="Devices that do not announce themselves, in the words of MQTT discovery.",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.pin and self.pin_file:
            raise ValueError("home.pin and home.pin_file are both set")
        return self


class Recording(Section):
    """Turns that are kept on disk, sound and words, for `voiceslm replay`. Without a folder none is."""

    folder: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="Folder in which each turn gets one of its own; empty: nothing is kept.",
    )
    keep_hours: int = Field(
        default=24, ge=1, le=8760, description="Hours after which a turn that was kept is deleted."
    )
    most_turns: int = Field(
        default=200, ge=1, le=10_000, description="Most turns that are kept; the oldest are deleted first."
    )


class Log(Section):
    """How `voiceslm run` tells what goes on."""

    format: Literal["auto", "human", "json", "journal"] = Field(
        default="auto",
        description="Lines for people, a JSON object a line, or entries with fields in systemd's journal; "
        "auto: the journal where systemd keeps the output, else lines for people.",
    )


class Metrics(Section):
    """Figures for Prometheus and a state of health, over HTTP; only this machine can reach them."""

    port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port at 127.0.0.1 that answers /metrics and /health; 0: none does.",
    )


class Knowledge(Section):
    """What the assistant knows beyond its language model: the owner's own documents."""

    paths: Names = Field(
        default_factory=list,
        json_schema_extra={"allowed": 'a list of folders and files in quotes, such as ["/srv/notes"]'},
        description="Folders and files with what to know: Markdown, text, HTML, PDF; questions with answers "
        "in CSV or JSON lines. They are read again when they change.",
    )
    scope: Literal["open", "strict"] = Field(
        default="open",
        description="strict: nothing is spoken of but what is known, skills and devices; the rest is "
        "politely refused.",
    )
    prompt_tokens: int = Field(
        default=1200,
        ge=0,
        le=16384,
        description="Most tokens that all of it may take in the model's prompt; what is larger is looked up "
        "for each question.",
    )


class Teacher(Section):
    """A larger language model that writes what the own one is tuned with (`voiceslm distil`)."""

    url: Text = Field(
        default="",
        json_schema_extra={"allowed": "an address such as http://box:8080/v1, or empty for a local model"},
        description="Server that answers as OpenAI's does; empty: a model on this machine.",
    )
    model: Text = Field(
        default="",
        json_schema_extra={"allowed": "a catalog id, a path or a server's own name, or empty"},
        description="Model that teaches: on this machine a catalog id or a GGUF file, else the server's name "
        "for it; empty: the profile's own.",
    )
    key: Secret = Field(
        default=SecretStr(""), max_length=4096, description="What the server asks for; never printed."
    )
    key_file: Text = Field(
        default="",
        json_schema_extra=PATH,
        description="File whose first line is the key, in place of `key`.",
    )
    licence: Text = Field(
        default="",
        description="Terms under which what it writes may be used; kept beside it, and in what is tuned.",
    )
    may_see: Shown = Field(
        default_factory=list,
        json_schema_extra=SHOWABLE,
        description="What may be sent to that server: names of devices and rooms, texts of what is known.",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.key and self.key_file:
            raise ValueError("teacher.key and teacher.key_file are both set")
        return self


class Settings(Section):
    """Everything that can be configured."""

    profile: Name = Field(
        default="default",
        json_schema_extra={"allowed": "the name of a profile"},
        description="Set of models to use: default, small or tiny; see `voiceslm models list`.",
    )
    language: str = Field(
        default="en",
        pattern=r"^[a-z]{2}$",
        description="Language that is spoken, as an ISO 639-1 code.",
        json_schema_extra={"allowed": "a lower-case two-letter language code, such as en"},
    )
    stt: Stt = Field(default_factory=Stt)
    llm: Llm = Field(default_factory=Llm)
    tts: Tts = Field(default_factory=Tts)
    conversation: Conversation = Field(default_factory=Conversation)
    audio: Audio = Field(default_factory=Audio)
    listening: Listening = Field(default_factory=Listening)
    mqtt: Mqtt = Field(default_factory=Mqtt)
    home: Home = Field(default_factory=Home)
    recording: Recording = Field(default_factory=Recording)
    log: Log = Field(default_factory=Log)
    metrics: Metrics = Field(default_factory=Metrics)
    knowledge: Knowledge = Field(default_factory=Knowledge)
    teacher: Teacher = Field(default_factory=Teacher)
