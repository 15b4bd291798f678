#!/bin/sh
# Make sure that the system has what Python packages cannot bring.
#   runtime   libraries that Blender (the bpy module) links
#   test      what the tests need more: a browser, PostgreSQL, an installed Blender
# Installs with apt-get when run as root where there is one; else prints the one line to type.
# Exit 1: a library that rendering needs is missing. What only tests need is never an error:
# those tests are skipped and say so.
set -u

libraries='libX11.so.6:libx11-6 libXrender.so.1:libxrender1 libXfixes.so.3:libxfixes3
libXi.so.6:libxi6 libxkbcommon.so.0:libxkbcommon0 libSM.so.6:libsm6 libICE.so.6:libice6
libGL.so.1:libgl1'
programs='chromium:chromium pg_ctl:postgresql blender:blender'

has_library() { python3 -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }

has_program() {
    command -v "$1" >/dev/null 2>&1 && return 0
    [ "$1" = pg_ctl ] && ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1
}

missing_packages() {
    for pair in $libraries; do
        has_library "${pair%%:*}" || printf '%s ' "${pair#*:}"
    done
    [ "$1" = test ] || return 0
    for pair in $programs; do
        has_program "${pair%%:*}" || printf '%s ' "${pair#*:}"
    done
}

[ "$(uname -s)" = Linux ] || exit 0
packages=$(missing_packages "${1:-runtime}")
[ -n "$packages" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing system packages: $packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of package names
    apt-get install -qq -y --no-install-recommends $packages >/dev/null
    packages=$(missing_packages "${1:-runtime}")
    [ -n "$packages" ] || exit 0
fi

echo "These system packages are missing: $packages" >&2
echo "Type this, then run make again:" >&2
echo "    sudo apt-get install $packages" >&2
[ -z "$(missing_packages runtime)" ]
