import pytest

from brender_farm.domain.roles import Role, Scope
from dashboard.people_words import ROLE_WORDS, SCOPE_WORDS, browser_words

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


def test_every_role_and_every_scope_is_explained():
    assert set(ROLE_WORDS) == set(Role)
    assert set(SCOPE_WORDS) == set(Scope)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Linux",
        ),
        (f"{WINDOWS} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (f"{WINDOWS} Chrome/130.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17 Safari/605.1", "Safari on macOS"),
        ("curl/8.5", "curl/8.5"),
        ("\u202e<b>" + "x" * 400, "<b>" + "x" * 37),
        ("", "Unknown browser"),
    ],
    ids=["firefox", "edge", "chrome", "safari", "program", "odd", "nothing"],
)
def test_a_browser_is_called_what_people_call_it(says, words):
    assert browser_words(says) == words
