from voiceslm.conversation.turn import TurnLog
from voiceslm.events import Route, Stage


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_times_count_from_the_beginning_and_only_the_first_mark_counts():
    clock = Clock()
    log = TurnLog(1, clock)
    clock.now += 0.25
    log.mark(Stage.STT)
    clock.now += 1.0
    log.mark(Stage.STT)
    log.mark(Stage.DONE)
    assert log.record().timings_ms == dict.fromkeys(Stage) | {Stage.STT: 250.0, Stage.DONE: 1250.0}


def test_a_record_is_a_snapshot_of_what_was_said():
    log = TurnLog(7, Clock())
    log.say("Hello,")
    early = log.record()
    log.say("world.")
    assert (early.turn, early.reply, early.route) == (7, "Hello,", Route.NONE)
    assert log.record().reply == "Hello, world."
