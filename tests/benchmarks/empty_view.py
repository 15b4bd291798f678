"""A Flask app of one view that does nothing: what the stack itself takes."""

from flask import Flask

app = Flask("empty")


@app.get("/")
def nothing() -> dict[str, str]:
    return {}
