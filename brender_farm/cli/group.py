"""Groups of commands: each loaded when it is used, listed by subject, completed quickly."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from brender_farm.cli.ending import Ending
from brender_farm.cli.terminal import wants_colour

_OTHERS = "More"


def examples(*lines: str) -> str:
    """Return the end of a command's help: lines to type, each as it stands."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


class Group(click.Group):
    """Commands with something in common, such as `brender node …`; alone it shows its help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not (args or self.invoke_without_command or ctx.resilient_parsing):
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit(Ending.DONE)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _with_colour(command), rest


class LazyGroup(Group):
    """Commands by name and module, imported only when they run: `--help` stays quick."""

    def __init__(
        self,
        *args: Any,
        modules: Mapping[str, tuple[str, str]],
        sections: Mapping[str, Sequence[str]],
        at_home: Collection[str] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self._modules = modules
        self._sections = sections
        self._at_home = at_home

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        module = importlib.import_module(self._modules[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._modules and name[:1] != "-" and not ctx.resilient_parsing:
            raise click.NoSuchCommand(name, possibilities=self._modules, ctx=ctx)
        if name in self._at_home and not ctx.resilient_parsing:
            _require_home(name)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise SystemExit(Ending.PIPE_CLOSED) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self._modules))
        for subject, names in self._by_subject():
            with formatter.section(subject):
                # As wide in each section: the words stand below each other.
                formatter.write_dl([(name.ljust(width), self._modules[name][1]) for name in names])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        found = [
            CompletionItem(name, help=words)
            for name, (_, words) in self._modules.items()
            if name.startswith(incomplete)
        ]
        return found or click.Command.shell_complete(self, ctx, incomplete)

    def _by_subject(self) -> list[tuple[str, list[str]]]:
        listed = {name for names in self._sections.values() for name in names}
        others = [name for name in self._modules if name not in listed]
        known = [
            (subject, [name for name in names if name in self._modules])
            for subject, names in self._sections.items()
        ]
        return [each for each in (*known, (_OTHERS, others)) if each[1]]


def colour_option(*, hidden: bool = False) -> click.Option:
    """Return `--color/--no-color`, which every command takes, wherever it is typed."""

    def remember(ctx: click.Context, _: click.Parameter, asked: bool | None) -> None:
        if asked is not None or ctx.color is None:
            ctx.color = wants_colour(asked)

    return click.Option(
        ["--color/--no-color"],
        default=None,
        expose_value=False,
        is_eager=True,
        hidden=hidden,
        callback=remember,
        help="Colours even without a terminal, or never; else as NO_COLOR says.",
    )


def _require_home(name: str) -> None:
    """Raise ConfigError when the farm that is meant is elsewhere, by its address."""
    from brender_farm.config import load_address
    from brender_farm.errors import ConfigError

    url = load_address().url
    if url is not None:
        raise ConfigError(
            f"“brender {name}” works on the farm's own machine only, and BRENDER_URL says that the "
            f"farm is {url}. Type it there, or unset BRENDER_URL to mean this machine's farm."
        )


def _with_colour(command: click.Command) -> click.Command:
    if not any("--color" in param.opts for param in command.params):
        command.params.append(colour_option(hidden=True))
    return command
