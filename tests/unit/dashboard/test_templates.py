import re
from pathlib import Path

import dashboard

TEMPLATES = Path(dashboard.__file__).parent / "templates"
SPRITE = next((Path(dashboard.__file__).parent / "static" / "vendor").glob("*/icons.svg"))


def templates():
    return {
        path.relative_to(TEMPLATES): path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")
    }


def test_all_htmx_attributes_live_in_one_macro_file():
    users = {str(path) for path, text in templates().items() if re.search(r"\shx-[a-z]", text)}
    assert users <= {"macros/live.html"}


def test_no_template_has_inline_script_or_style():
    for path, text in templates().items():
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", text), path


def test_every_icon_that_is_named_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))
    named = {
        name for text in templates().values() for name in re.findall(r"icon\('([a-z0-9-]+)'", text)
    }
    from dashboard import looks

    for table in vars(looks).values():
        if isinstance(table, dict):
            named |= {look.icon for look in table.values() if hasattr(look, "icon")}
    assert named <= there
