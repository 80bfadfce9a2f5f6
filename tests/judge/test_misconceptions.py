"""The catalogue that ships: complete, consistent, and pointing at tasks and pages that exist."""

import re

import pytest
from chainrule_lib.judge.candidates import catalogue
from chainrule_lib.judge.render import PAGES

KNOWN = catalogue()
COURSE = """a1.chain a1.d_triple a1.neuron_grads a1.second a2.dz_dt a2.two_path a2.total_derivative a2.polar a3.general_grad
a3.jacobian_chain a3.vjp_chain a3.softmax_jacobian a3.implicit_slope a4.toposort a4.backward a4.path_sum a4.matmul_backward
a4.unbroadcast a5.affine_backward a5.sigmoid_backward a5.relu_backward a5.mse_grad a5.softmax_ce_grad a5.backward
a5.backward_clf a6.numerical_grad a6.gd_step a6.train a6.rnn_backward a6.tied_grad a6.residual_backward a6.dropout_backward
a6.norm_backward a6b.hvp""".split()


def test_there_are_48_with_stable_ids():
    assert len(KNOWN) == 48 and list(KNOWN) == sorted(KNOWN)
    assert set(KNOWN) == {f"M{n:02}" for n in range(1, 53)} - {"M35", "M43", "M48", "M51"}


@pytest.mark.parametrize("name", KNOWN)
def test_an_entry_is_complete(name):
    entry = KNOWN[name]
    for key in ("name", "student", "chapter", "signature", "hand_check"):
        assert entry[key].strip()
    assert entry["student"].endswith((".", ".)")) and entry["hand_check"].endswith((".", "?"))
    assert all(number in PAGES for number in entry["chapter"].split(","))
    assert entry["tasks"] and set(entry["tasks"]) <= set(COURSE)
    assert entry["confused_with"] and set(entry["confused_with"]) <= set(KNOWN) - {name}
    assert len(set(entry["confused_with"])) == len(entry["confused_with"])


def test_every_hand_check_is_its_own():
    assert len({entry["hand_check"] for entry in KNOWN.values()}) == len(KNOWN)


def test_pages_are_slugs():
    assert len(PAGES) == 14 and all(re.fullmatch(r"\d\d-[a-z-]+", page) for page in PAGES.values())
