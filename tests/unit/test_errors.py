from __future__ import annotations

import pytest

from brender_farm import errors
from brender_farm.errors import ActionRefused, FarmError, Fault, RequestRefused, TooManyTries

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FarmError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_to_say(kind):
    assert (kind.__doc__ or "").strip().endswith(".")
    if kind not in (ActionRefused, RequestRefused, TooManyTries):
        assert kind().message == kind.__doc__.strip()
        assert kind("This and that.").message == "This and that."


def test_a_refusal_names_every_fault_and_its_remedy():
    refusal = RequestRefused(
        Fault(field="frames", message="None.", remedy="Give some."),
        Fault(field="output", message="Taken.", remedy="Choose another."),
    )
    assert str(refusal) == "frames: None. Give some.\noutput: Taken. Choose another."
    assert [fault.field for fault in refusal.faults] == ["frames", "output"]


@pytest.mark.parametrize("kind", [errors.BrokerUnavailable, errors.SessionDied, errors.FrameFailed])
def test_what_may_pass_is_worth_another_try(kind):
    assert kind.permanent is False
    assert FarmError.permanent is True
