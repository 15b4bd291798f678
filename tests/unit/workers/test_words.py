"""What a report says in words."""

from __future__ import annotations

from workers.words import last_words, plain


def test_the_last_thirty_lines_are_kept():
    lines = [f"line {number}" for number in range(100)]
    assert last_words(lines).splitlines() == lines[-30:]
    assert last_words([]) == ""


def test_errors_stay_when_room_is_short():
    lines = ["Error: no light", *(f"Fra:{number} {'x' * 300}" for number in range(29))]
    tail = last_words(lines)
    assert len(tail) <= 4000
    assert tail.startswith("Error: no light\n")
    assert tail.endswith(lines[-1])


def test_endless_errors_are_cut_to_the_latest():
    tail = last_words([f"Error: {number} {'x' * 8000}" for number in range(30)])
    assert len(tail) <= 4000
    assert "Error: 29 " in tail


def test_what_a_database_refuses_is_left_out():
    assert plain("a\x00b\udc80c") == "ab?c"
    assert last_words(["a\x00b\udc80c"]) == "ab?c"
    assert len(plain("x" * 10_000)) == 4000
