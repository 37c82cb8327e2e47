"""``voiceslm bench``: what it costs on this machine."""

from __future__ import annotations

import typer

from voiceslm.cli.bench.engines import memory, stt, turn, wake
from voiceslm.cli.bench.knowledge import knowledge
from voiceslm.cli.bench.lives import home, live, outside, soak
from voiceslm.cli.bench.spoken import advice, speech
from voiceslm.cli.bench.tuned import tune
from voiceslm.cli.bench.whole import whole

app = typer.Typer(no_args_is_help=True, help="Measure latency, accuracy and memory on this machine.")

app.command("all")(whole)
app.command()(turn)
app.command()(stt)
app.command()(memory)
app.command()(wake)
app.command()(live)
app.command()(outside)
app.command()(home)
app.command()(knowledge)
app.command()(soak)
app.command()(speech)
app.command()(advice)
app.command()(tune)
