import pytest

from brender_farm.service.subjects import usable_name


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (("mira",), "mira"),
        (("mira@studio.com",), "mira@studio.com"),
        (("STUDIO\\mira",), "STUDIO-mira"),
        (("<script>", "mira"), "script"),
        (("", "...", "mira"), "mira"),
        (("a/b/../c",), "a-b-..-c"),
        (("x" * 80,), "x" * 60),
        (("Zoë Müller",), "Zoë Müller"),
        (("-rf",), "rf"),
        (("\u202egro.live",), "gro.live"),
        ((), None),
        (("///", "  "), None),
    ],
    ids=repr,
)
def test_a_name_from_elsewhere_is_made_fit_or_left_out(names, name):
    assert usable_name(names) == name
