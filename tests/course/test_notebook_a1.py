import math

import pytest
from playing import hand_checks


def test_the_hand_checks_of_the_text_come_out():
    shown = hand_checks("a1")
    assert shown["chain"] == 54
    assert shown["d_triple"] == pytest.approx(-2 * math.sqrt(math.pi))
    assert shown["neuron_grads"] == (0.75, 0.25)
    assert shown["second"] == 30
