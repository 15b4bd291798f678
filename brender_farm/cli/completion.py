"""`brender completion`: the script with which a shell completes what is typed."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from brender_farm.cli.group import examples

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        'eval "$(brender completion bash)"                  in ~/.bashrc',
        'eval "$(brender completion zsh)"                   in ~/.zshrc, after compinit',
        "brender completion fish > ~/.config/fish/completions/brender.fish",
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print the script that completes commands, options, shots, nodes, shows and presets."""
    kind = get_completion_class(shell)
    assert kind is not None  # each of _SHELLS comes with click
    click.echo(kind(ctx.find_root().command, {}, "brender", "_BRENDER_COMPLETE").source(), nl=False)
