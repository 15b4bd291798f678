"""No text becomes a command, and none becomes markup, by the build of the code alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("brender_farm", "dashboard", "workers")
    for path in (ROOT / folder).rglob("*.py")
]
TEMPLATES = sorted((ROOT / "dashboard" / "templates").rglob("*.html"))
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
CODE = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle.loads", "pickle.load", "yaml.load", "marshal.loads", "shelve.open"}
SAFE_WORDS = {"{{ '<br>'|safe if not loop.last }}"}
"""Constants of our own that are markup."""


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield where, ast.unparse(node.func), node


def test_nothing_is_given_to_a_shell():
    found = [where for where, name, _ in calls() if name in SHELLS]
    found += [
        where
        for where, _, call in calls()
        for word in call.keywords
        if word.arg == "shell" and ast.unparse(word.value) != "False"
    ]
    assert found == []


def test_programs_are_started_with_lists_of_words():
    """Never with one text that something would have to split."""
    started = [
        (where, call)
        for where, name, call in calls()
        if name.startswith("subprocess.") and name.split(".")[1] in ("run", "Popen", "call")
    ]
    assert started
    assert [where for where, call in started if isinstance(call.args[0], ast.Constant)] == []
    assert [where for where, call in started if isinstance(call.args[0], ast.JoinedStr)] == []


def test_no_text_is_run_as_code_and_no_object_is_made_of_bytes():
    found = [where for where, name, _ in calls() if name in CODE | UNSAFE]
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_leave_escaping_on(template):
    text = template.read_text()
    for words in SAFE_WORDS:
        text = text.replace(words, "")
    assert re.findall(r"\|\s*safe\b|autoescape|\bMarkup\b", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_script_and_no_style_of_their_own(template):
    """The Content-Security-Policy would refuse them; so they are never needed."""
    text = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
    found = re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son[a-z]{3,}=|\sstyle\s*=|javascript:", text
    )
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_what_is_filled_into_an_attribute_stands_in_quotes(template):
    text = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
    tags = re.findall(r"<[a-z][^<>]*?>", re.sub(r"{%.*?%}", "", text, flags=re.DOTALL))
    assert [tag for tag in tags if re.search(r"=\{\{", tag)] == []
