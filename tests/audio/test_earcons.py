"""The short sounds: audible, without a click, below the voice."""

import numpy as np
import pytest

from voiceslm.audio.earcons import LEVEL, Earcon, tone


@pytest.mark.parametrize("earcon", Earcon)
def test_an_earcon_is_short_soft_and_begins_and_ends_without_a_click(earcon):
    audio = tone(earcon)
    assert 0.1 < audio.seconds < (0.2 if earcon is not Earcon.RING else 1.0)
    assert np.abs(audio.samples).max() == pytest.approx(LEVEL, rel=0.05)
    assert np.abs(audio.samples[[0, -1]]).max() < 0.01
    assert np.abs(np.diff(audio.samples)).max() < 0.03


def test_every_earcon_sounds_different():
    assert len({tone(earcon).samples.tobytes() for earcon in Earcon}) == len(Earcon)
