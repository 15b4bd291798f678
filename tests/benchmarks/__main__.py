"""Run benchmarks and print what they found: `python -m tests.benchmarks --help`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.benchmarks import (
    big_shot,
    browsers,
    cli,
    clients,
    desk,
    dispatch,
    forecast,
    gap,
    idle_cpu,
    latency,
    memory,
    pages,
    planning,
    recovery,
    shot24,
    simulation,
)
from tests.benchmarks.figures import Figure, table, write_json

BENCHMARKS = {
    "shot24": shot24,
    "latency": latency,
    "gap": gap,
    "big_shot": big_shot,
    "memory": memory,
    "idle_cpu": idle_cpu,
    "recovery": recovery,
    "planning": planning,
    "desk": desk,
    "dispatch": dispatch,
    "simulation": simulation,
    "forecast": forecast,
    "pages": pages,
    "browsers": browsers,
    "cli": cli,
    "clients": clients,
}


def main() -> int:
    """Return 1 when a figure misses its target."""
    options = _options()
    figures: list[Figure] = []
    for name in options.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        print(f"{name}: {benchmark.__doc__.splitlines()[0]}", file=sys.stderr, flush=True)
        figures += benchmark.measure(options.rounds or benchmark.ROUNDS)
    print(table(figures))
    if options.json:
        write_json(options.json, figures)
    return int(any(figure.verdict == "MISSED" for figure in figures))


def _options() -> argparse.Namespace:
    lines = [f"  {name:10} {b.__doc__.splitlines()[0]}" for name, b in BENCHMARKS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure the farm. Without names, everything is measured.",
        epilog="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="name", choices=[[], *BENCHMARKS])
    parser.add_argument("--rounds", type=int, help="how often; each benchmark has its own default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="store every value there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
