from dashboard import log_tail
from dashboard.log_tail import read_tail


def test_the_last_lines_are_read(tmp_path):
    log = tmp_path / "1.log"
    log.write_text("one\ntwo\nthree\n", encoding="utf-8")
    tail = read_tail(log.open("rb"), 2)
    assert (tail.text, tail.line_count, tail.cut) == ("two\nthree", 2, True)
    assert not read_tail(log.open("rb"), 5).cut


def test_a_log_that_is_not_there_yet_is_empty():
    assert not read_tail(None, 2).exists


def test_only_the_end_of_a_huge_log_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(log_tail, "MOST_BYTES", 10)
    log = tmp_path / "1.log"
    log.write_text("x" * 1000 + "\nlast\n", encoding="utf-8")
    tail = read_tail(log.open("rb"), 100)
    assert tail.text.endswith("last")
    assert len(tail.text) <= 10
    assert tail.cut


def test_bytes_that_are_no_text_do_not_matter(tmp_path):
    log = tmp_path / "1.log"
    log.write_bytes(b"caf\xe9 \xff\n")
    assert read_tail(log.open("rb"), 10).text.startswith("caf")
