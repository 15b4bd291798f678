"""`python -m brender_farm.cli`, for where the script is not on PATH."""

from brender_farm.cli import main

main()
