"""Who has the floor: a pure machine over events and their times.

The ear says every 32 ms what it hears, the engines what they understood, the loudspeaker what it played; the
floor answers with what to do. It holds one utterance of the user's and one reply at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.conversation import overheard
from voiceslm.conversation.moves import (
    Apologise,
    Commit,
    Draft,
    Drop,
    Judge,
    Loudspeaker,
    Mode,
    Prefill,
    Reply,
    State,
    Transcribe,
    Utterance,
)
from voiceslm.listening.endpoint import AGAINST, Pause, Reason, endpoint
from voiceslm.listening.gate import PLAYING, QUIET, STEP, Gate

if TYPE_CHECKING:
    from voiceslm.conversation.moves import Action, Judged, Policy, Understood, Weighed
    from voiceslm.events import Activity
    from voiceslm.listening.gate import Bar

PREROLL = 0.5
"""Seconds of sound kept from before speech was noticed, so that no first syllable is lost."""

PREROLL_PLAYING = 0.25
"""… during a reply: what is left of its echo there would be taken for words."""

PAUSE = 0.09
"""Seconds of silence after which the utterance may be over: it is transcribed and a draft begins."""

HESITATION = 0.06
"""Seconds of silence after which nothing more is read ahead: the whole is transcribed next, and would get
half a core less (0.35 s for 0.25)."""

GAP = 0.12
"""Seconds of silence that words have inside them: whatever sounds after less belongs to the utterance. What
is said into a reply is transcribed no sooner: it may be a shred of the reply's own echo."""

JUDGE_AGAIN = 0.22
"""Seconds of silence after which the turn model is asked once more where it was against an end: of whole
commands a quarter sound to it as if they went on after 0.1 s of silence, and none after 0.24 s."""

RESUMED = 0.12
"""Seconds of speech on end after a longer silence that make the user go on; less is a click or a breath."""

HELD_LONGEST = 0.5
"""Seconds by which a sound puts the end off: it takes 0.1 to 0.2 s to be known for a voice."""

PARTIAL_AFTER = 1.5
"""Seconds of speech before the first partial transcript: it lets a few words be read ahead, at 8 ms each, and
holds up the final one by 0.2 s where it has just begun."""

PARTIAL_EVERY = 0.8
"""Seconds between partials; more in a long utterance, whose partials cost more."""

PARTIAL_SHARE = 0.15
"""Least time between partials as a share of the utterance."""

AWAKE_SECONDS = 4.5
"""Seconds after the wake word within which something intelligible must be said."""

TAIL_SECONDS = 0.3
"""Seconds after a reply in which the room still echoes it."""

HUSH_AFTER = 0.16
"""Seconds of speech during a reply after which it falls silent; doubled with each false alarm in it."""

LISTEN_AFTER = 0.5
"""Seconds of speech during a reply after which the words are asked for without waiting for a pause."""

DISMISS_AFTER = 0.2
"""Seconds of silence after which too short a sound during a reply was nothing."""

REOPEN_AFTER = 0.25
"""Seconds of speech while the reply is still awaited after which the user is going on."""

WORDLESS_SECONDS = 3.0
"""Seconds that a reply waits for a sound to turn out to be words."""

ALARMS_IGNORED = 2
"""False alarms in a reply after which a sound alone no longer makes it speak softly."""

STABLE_AFTER = 1.5
"""Seconds of sound like speech without a new word: the user has finished, a television has not."""

ECHO_WITHIN = 1.0
"""Seconds after a reply in which an utterance that repeats it is its echo."""

ECHO_LEAST_WORDS = 3
"""With fewer words it may as well be the answer to what was asked ("tea or coffee?")."""

LOST_SECONDS = 5.0
"""After so long without a frame nobody is still saying the same thing."""

ECHOES_BEFORE_BREAK = 3
ECHO_MEMORY = 60.0
BREAK_SECONDS = 120.0
"""So many interruptions by its own words, in so many seconds: for so long nothing interrupts a reply."""


class Floor:
    """The machine."""

    def __init__(self, policy: Policy) -> None:
        """Begin with nobody speaking."""
        self.spoken = ""
        """What was last heard of the assistant, for telling its echo from the user."""
        self.acted = False
        """The turn at hand has had an effect: it can be interrupted, not unmade."""
        self.key_down = False
        """The push-to-talk key is held: only its release ends the utterance."""
        self._policy = policy
        self._now = 0.0
        self._gate = Gate()
        self._utterance: Utterance | None = None
        self._reply: Reply | None = None
        self._count = 0
        self._not_before = 0.0
        self._awake_until = 0.0
        self._deaf_until = 0.0
        self._played_at = -TAIL_SECONDS
        self._echoes: list[float] = []

    @property
    def state(self) -> State:
        """What an onlooker sees."""
        if self._reply:
            return State.SPEAKING if self._reply.audible else State.THINKING
        if self._utterance:
            return State.HEARING
        return State.AWAKE if self._awake else State.ASLEEP

    def hear(self, activity: Activity) -> list[Action]:
        """Take 32 ms of the microphone."""
        lost = activity.at - self._now > LOST_SECONDS
        self._now = activity.at
        if lost:
            return self.give_up()
        bar = PLAYING if self._reply or self._now - self._played_at < TAIL_SECONDS else QUIET
        voiced = self._gate.take(activity, bar)
        if self._utterance:
            if voiced:
                self._gate.follow(activity)
            return self._go_on(self._utterance, voiced=voiced)
        if self._listens and self._gate.begins(bar):
            return self._begin(bar)
        return []

    def give_up(self) -> list[Action]:
        """Let go of whatever is being said: it cannot be heard to its end, or must not."""
        if not self._utterance:
            return []
        return self._dismiss() if self._utterance.doubtful else self._leave()

    def deafen(self) -> list[Action]:
        """Let go of whoever speaks, and go to sleep: nothing will be heard until further notice."""
        actions = self.give_up()
        self._awake_until = self._now
        return actions

    def wake(self, at: float, ended: float) -> list[Action]:
        """Give the user the floor: the wake word was said."""
        actions = self.stop()
        self._now = max(self._now, at)
        self._awake_until, self._not_before = self._now + AWAKE_SECONDS, ended
        return actions

    def press(self, at: float) -> list[Action]:
        """Give the user the floor until `release`: the key was pressed."""
        self.key_down = True
        return self.wake(at, at)

    def release(self) -> list[Action]:
        """Take what has been said as the whole utterance: the key was released."""
        self.key_down = False
        if self._utterance:
            self._utterance.over = Reason.RELEASED
        self._awake_until = self._now
        return []

    def stop(self) -> list[Action]:
        """End the reply and whatever is being said."""
        actions: list[Action] = [Drop()] if self._utterance else []
        if self._reply:
            actions.append(Loudspeaker.STOP)
        self._utterance = None
        self._end_reply()
        self._gate.reset()
        return actions

    def understand(self, heard: Understood) -> list[Action]:
        """Take a transcript."""
        u = self._utterance
        if not u or heard.utterance != u.number:
            return []
        previous = u.text or ""
        u.text, u.covers, u.complete, u.asked = heard.text, heard.until, heard.complete, False
        if u.text != previous:
            u.worded = u.asked_voiced
        if u.doubtful:
            return self._interpret(u)
        if u.settled:
            return self._redraft(u)
        if u.text and u.asked_voiced - u.worded >= STABLE_AFTER:
            u.over, u.last = Reason.STABLE, min(u.last, u.covers)
            return self._redraft(u)
        if self._now - u.last >= HESITATION:
            return []
        ahead = overheard.stable(previous, u.text)
        return [Prefill(ahead)] if ahead else []

    def misunderstand(self, utterance: int) -> list[Action]:
        """Note that there will be no transcript: the engine failed."""
        u = self._utterance
        if not u or u.number != utterance:
            return []
        if self._now - u.last < PAUSE:  # only a partial: there is another chance
            u.asked = False
            return []
        return self._dismiss() if u.doubtful else [*self._leave(), Apologise()]

    def judge(self, judged: Judged) -> list[Action]:
        """Take the turn model's opinion."""
        u = self._utterance
        if u and judged.utterance == u.number:
            if judged.until - u.last >= JUDGE_AGAIN:
                u.later = judged.finished
            else:
                u.judged, u.finished, u.later = judged.until, judged.finished, None
        return []

    def weigh(self, weighed: Weighed) -> list[Action]:
        """Take the language model's opinion."""
        u = self._utterance
        if u and weighed.utterance == u.number and weighed.text == u.drafted:
            u.closing = weighed.closing
        return []

    def speak(self) -> list[Action]:
        """Begin a reply that nobody's speech asked for; `stop` first whatever goes on."""
        self._reply = Reply(Utterance(self._count, self._now, self._now, self._now))
        self.acted = True
        return []

    def audible(self) -> list[Action]:
        """Note that the reply's first sample is out."""
        if self._reply:
            self._reply.audible = True
        return []

    def finished(self) -> list[Action]:
        """Note that the reply is over: said to its end, empty, or failed."""
        if self._reply:
            self._end_reply()
            if self._policy.mode is not Mode.KEY:
                self._awake_until = self._now + self._policy.follow_up
            if self._utterance:
                self._utterance.interrupts, self._utterance.reopens = False, None
                self._utterance.text = None
        return []

    def _end_reply(self) -> None:
        if self._reply:
            self._reply, self._played_at = None, self._now

    @property
    def _awake(self) -> bool:
        return self._policy.mode is Mode.OPEN or self.key_down or self._now < self._awake_until

    @property
    def _listens(self) -> bool:
        if self._reply:
            return self._now >= self._deaf_until and self._policy.mode is not Mode.KEY
        return self._awake

    def _begin(self, bar: Bar) -> list[Action]:
        """Begin an utterance that has just reached the ``bar``."""
        self._count += 1
        preroll = PREROLL_PLAYING if self._reply else PREROLL
        begin = max(self._not_before, self._now - bar.window * STEP - preroll)
        u = Utterance(self._count, begin, self._now, last=self._now, voiced=bar.needed * STEP, run=1)
        self._utterance = u
        reply = self._reply
        if not reply:
            return []
        if not reply.audible and not self.acted and not reply.to.over:
            u.reopens = reply.to
            return [Loudspeaker.PAUSE]
        u.interrupts = u.into_reply = True
        return [Loudspeaker.DUCK] if reply.alarms < ALARMS_IGNORED else []

    def _go_on(self, u: Utterance, *, voiced: bool) -> list[Action]:
        """Take 32 ms of the utterance."""
        actions: list[Action] = []
        u.run = u.run + 1 if voiced else 0
        if voiced and not u.over:
            u.voiced += STEP
            pause = self._now - u.run * STEP - u.last
            if pause < GAP or u.run * STEP >= RESUMED:
                u.longest_pause = max(u.longest_pause, pause)
                u.last, u.held = self._now, 0
        if not u.over and self._now - u.begin > self._policy.longest:
            u.over = Reason.LONGEST
        if u.drafted is not None and u.last > u.drafted_last:
            u.drafted = u.closing = None
            actions.append(Drop())
        silence = self._now - u.last
        if u.doubtful:
            decided = self._doubt(u, silence)
            return actions + (decided or self._ask(u, silence, voiced=voiced))
        return actions + self._ask(u, silence, voiced=voiced) + self._end(u, silence)

    def _doubt(self, u: Utterance, silence: float) -> list[Action]:
        """Decide about a sound during a reply; nothing to listen on."""
        reply = self._reply
        if not reply:
            u.interrupts, u.reopens = False, None
            return []
        if u.reopens and u.voiced >= REOPEN_AFTER:
            u.begin, u.longest_pause = u.reopens.begin, u.last - u.voiced - u.reopens.last
            u.reopens, self._reply = None, None
            return [Loudspeaker.REVOKE]
        hush = HUSH_AFTER * 2**reply.alarms
        if silence >= DISMISS_AFTER and not u.asked and (u.reopens or u.voiced < hush):
            return self._dismiss()
        if u.hushed and not u.text and not u.asked and self._now - u.began > WORDLESS_SECONDS:
            return self._dismiss()
        if u.voiced >= hush and not u.hushed:
            u.hushed = True
            return [Loudspeaker.PAUSE]
        return []

    def _dismiss(self) -> list[Action]:
        """It was nothing: the reply goes on."""
        self._utterance = None
        self._gate.reset()
        if self._reply:
            self._reply.alarms += 1
        return [Loudspeaker.RESUME]

    def _leave(self) -> list[Action]:
        """Nothing intelligible was said: say nothing either."""
        self._utterance = None
        self._gate.reset()
        return [Drop()]

    def _ask(self, u: Utterance, silence: float, *, voiced: bool) -> list[Action]:
        """Have the utterance understood, when that is worth its time."""
        actions: list[Action] = []
        paused = silence >= (GAP if u.into_reply else PAUSE)
        if not u.interrupts and ((paused and u.judging < u.last) or self._worth_asking_again(u)):
            u.judging = self._now
            actions.append(Judge(u.number, u.begin, self._now))
        every = max(PARTIAL_EVERY, PARTIAL_SHARE * (self._now - u.begin))
        first = LISTEN_AFTER if u.interrupts else PARTIAL_AFTER
        partial = voiced and u.voiced >= first and self._now - u.asked_at >= every
        final = paused and not u.settled and u.voiced > 0
        if not u.asked and (final or partial) and not u.reopens:
            u.asked, u.asked_at, u.asked_voiced = True, self._now, u.voiced
            hint = overheard.INTERRUPTION.get(self._policy.language, "") if u.into_reply else ""
            actions.append(Transcribe(u.number, u.begin, self._now, hint, whole=final))
        return actions

    def _worth_asking_again(self, u: Utterance) -> bool:
        """Say whether it may be a whole command of which the turn model thought that it goes on."""
        against = u.judged >= u.last and u.finished is not None and u.finished < AGAINST
        command = u.complete or not u.settled
        return against and command and u.judging < u.last + JUDGE_AGAIN <= self._now

    def _interpret(self, u: Utterance) -> list[Action]:
        """Decide whether words during a reply are meant for us."""
        text = u.text or ""
        if overheard.is_echo(text, self.spoken):
            if u.settled:
                self._note_echo()
            return self._dismiss() if u.settled else []
        if overheard.is_backchannel(text):
            return self._dismiss() if u.settled else []
        u.interrupts = False
        self._end_reply()
        return [Loudspeaker.STOP, *(self._redraft(u) if u.settled else [])]

    def _note_echo(self) -> None:
        self._echoes = [at for at in self._echoes if self._now - at < ECHO_MEMORY] + [self._now]
        if len(self._echoes) >= ECHOES_BEFORE_BREAK:
            self._deaf_until = self._now + BREAK_SECONDS

    def _redraft(self, u: Utterance) -> list[Action]:
        """Begin to think of the answer, unless that is under way."""
        if not u.text or u.drafted == u.text:
            return []
        u.drafted, u.drafted_last, u.closing = u.text, u.last, None
        return [Draft(u.number, u.text)]

    def _end(self, u: Utterance, silence: float) -> list[Action]:
        """Decide whether the user has finished."""
        if not self._awake and (u.text == "" or (u.settled and not u.text)):
            return self._leave()
        if not u.settled or (self.key_down and not u.over):
            return []
        if not u.text:
            return self._leave()
        if self._is_own(u):
            self._note_echo()
            return self._leave()
        reason = u.over or endpoint(self._pause(u, silence), self._policy.preset)
        if reason and not u.over and self._gate.stirring and (u.held + 1) * STEP <= HELD_LONGEST:
            u.held += 1  # a word may just be beginning; a television goes on
            reason = None
        return self._commit(u, reason) if reason else []

    def _is_own(self, u: Utterance) -> bool:
        brief = len(overheard.words(u.text or "")) < ECHO_LEAST_WORDS
        soon = u.began - self._played_at < (TAIL_SECONDS if brief else ECHO_WITHIN)
        return soon and overheard.is_echo(u.text or "", self.spoken)

    def _pause(self, u: Utterance, silence: float) -> Pause:
        return Pause(
            silence=silence,
            finished=self._finished(u),
            closing=u.closing,
            text=u.text,
            complete=u.complete,
            longest_pause=u.longest_pause,
            language=self._policy.language,
        )

    @staticmethod
    def _finished(u: Utterance) -> float | None:
        """Return the turn model's opinion of this pause; None while it has none."""
        if u.judged < u.last:
            return None
        return u.later if u.complete and u.later is not None else u.finished

    def _commit(self, u: Utterance, reason: Reason) -> list[Action]:
        self._utterance, self._reply, self.acted = None, Reply(u), False
        self._not_before = max(self._not_before, u.last)
        self._gate.reset()
        return [*self._redraft(u), Commit(u.number, u.last, reason)]
