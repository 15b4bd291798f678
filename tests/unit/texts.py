"""Texts as somebody hostile, or a broken program, would write them."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "", " ", "\n", "\0", "\x1b[31m", "\u202e", "\ud800", "é", "e\u0301", "日本", "١٢٣", "²", "½",
    "9" * 30, "9" * 5000, "-" * 5000, "1" + "0" * 400, "-1", "+1", "1e5", "1e400", "nan", "inf",
    "0x10", "1_000", "1,000", "٣-٥", "1-", "-", "--", "..", "../..", "/", "\\", "C:\\..", "//s/h",
    "~", "~nobody-here", "%", "%s%n", "{}", "{0}", "{frame:99}", "${HOME}", "$(x)", "`x`", "'", '"',
    "<b>", "None", "null", "true", "yes", "on", "[]", "a" * 10_000, "a," * 2000, "1,2" * 500,
)  # fmt: skip
NUMBERISH = st.text(alphabet="0123456789 .,:;x-+#@%eE²½١", max_size=24)
PATHISH = st.text(alphabet="ab./\\:~ \0\n{}$%\u202e\ud800é", max_size=40)

TEXTS = st.sampled_from(HOSTILE) | NUMBERISH | PATHISH | st.text(max_size=60)
