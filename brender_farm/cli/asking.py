"""Asking before what cannot be undone."""

from __future__ import annotations

import sys

import click

from brender_farm.cli.terminal import harmless


def ask(question: str, *, yes: bool, to: str, must: bool = True) -> None:
    """Ask on the terminal and go on only after a yes; `to` says what for: "delete the shot".

    Raises Abort after a no. Where there is no terminal and --yes was not said it raises UsageError,
    unless nothing recorded is lost, so that nobody `must` be asked.
    """
    if yes or not (must or sys.stdin.isatty()):
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"There is no terminal to ask on. Say --yes to {to}.")
    # On stderr: what the command has to say goes to stdout, perhaps as JSON.
    click.confirm(harmless(question), abort=True, err=True)


def plural(count: int, noun: str) -> str:
    """Return "1 frame", "2 frames"."""
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
