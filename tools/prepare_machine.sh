#!/bin/bash
# Checks that this machine has what the set-up needs, and prints the path of the Python to use on standard output.
#
# What is missing is named with its Debian package. As root on a machine with apt-get it is installed instead.
#
#     tools/prepare_machine.sh [base] [node] [load] [postgresql] [clock] [java]     # which groups of tools; base unless given
set -euo pipefail

missing=() # lines "what is missing (package)"
packages=()

lacks() { # what, packages...
    missing+=("$1 (Debian: ${*:2})")
    packages+=("${@:2}")
}

need_command() { # command, package
    command -v "$1" >/dev/null || lacks "$1" "$2"
}

usable_python() { # prints the first Python 3.11 or 3.12 that can make virtual environments and compile extensions
    local candidate path
    for candidate in python3.11 python3.12 python3 /usr/bin/python3.11 /usr/bin/python3.12 /usr/bin/python3; do
        path=$("$candidate" - 2>/dev/null <<'PYTHON'
import ensurepip, os, sys, sysconfig, venv
header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
fits = (3, 11) <= sys.version_info[:2] <= (3, 12) and os.path.exists(header)
print(sys.executable) if fits else sys.exit(1)
PYTHON
        ) && { echo "$path"; return 0; }
    done
    return 1
}

usable_java() { # whether the Java that Spark would start is new enough for it
    local java version
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    version=$("$java" -version 2>&1 | sed -nE 's/.*version "(1\.)?([0-9]+).*/\2/p') || return 1
    [ "${version:-0}" -ge 17 ]
}

find_missing() {
    missing=()
    packages=()
    local group
    for group in "$@"; do
        case $group in
        base)
            need_command git git
            need_command gcc gcc
            need_command make make
            # gcc alone compiles nothing without the headers of the C library
            [ -e /usr/include/stdio.h ] || lacks "the C library's headers" libc6-dev
            usable_python >/dev/null ||
                lacks "Python 3.11 or 3.12 with venv and headers" python3 python3-venv python3-dev
            ;;
        node)
            need_command node nodejs
            need_command npm npm
            ;;
        postgresql)
            # Debian keeps the server's programs off the path
            compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need_command initdb postgresql
            ;;
        clock) compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || lacks "libfaketime" faketime ;;
        java) usable_java || lacks "Java 17 or newer" default-jre-headless ;;
        load) need_command h2load nghttp2-client ;;
        *)
            echo "unknown group of tools: $group" >&2
            exit 2
            ;;
        esac
    done
}

[ $# -gt 0 ] || set -- base
find_missing "$@"
if [ ${#missing[@]} -gt 0 ]; then
    printf 'missing: %s\n' "${missing[@]}" >&2
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing: ${packages[*]}" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >&2 </dev/null
        apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 </dev/null
        find_missing "$@"
    fi
fi
if [ ${#missing[@]} -gt 0 ]; then
    printf 'still missing: %s\n' "${missing[@]}" >&2
    echo "install them: apt-get install ${packages[*]}" >&2
    exit 1
fi
usable_python || true
