#!/bin/sh
# Makes .venv, or repairs it, and installs the project into it with the extras that are named:
#     scripts/make-venv.sh postgresql test
# Does nothing when that was done for this pyproject.toml already. PYTHON= chooses the interpreter.
set -eu

cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
VENV=$PWD/.venv
EXTRAS=$(printf '%s\n' "$@" | sort -u | paste -s -d , -)
STAMP=$VENV/.installed-$EXTRAS

main() {
    check_python
    if ! venv_works; then
        make_venv
    fi
    if [ "$(cat "$STAMP" 2>/dev/null)" != "$(fingerprint)" ]; then
        install_project
    fi
}

check_python() {
    command -v "$PYTHON" >/dev/null || fail "There is no '$PYTHON'. Install Python 3.11 or newer, or name it: PYTHON=/path/to/python3"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "abuse-intake needs Python 3.11 or newer, '$PYTHON' is $("$PYTHON" -V 2>&1). Name another: PYTHON=python3.12"
}

# A folder that was moved, half made, or made by an interpreter that is gone, does not work.
venv_works() {
    "$VENV/bin/python" -c 'import pip._internal.cli.main, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
        grep -qF "$VENV" "$VENV/bin/activate"
}

make_venv() {
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || install_venv_module
    echo "Making .venv with $("$PYTHON" -V)"
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || fail "'$PYTHON -m venv' failed (see above)."
}

install_venv_module() {
    package=python3-venv
    [ "$PYTHON" = python3 ] || package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package, which '$PYTHON' needs to make a virtual environment"
        apt_install "$package" >/dev/null 2>&1 || { apt-get -qq update && apt_install "$package" >/dev/null; } ||
            fail "$package could not be installed (see above)."
    else
        fail "'$PYTHON' can't make a virtual environment. Run: sudo apt-get install $package"
    fi
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$1"
}

install_project() {
    echo "Installing abuse-intake${EXTRAS:+ with $EXTRAS} into .venv"
    "$VENV/bin/python" -m pip install -q --use-pep517 --disable-pip-version-check -e ".${EXTRAS:+[$EXTRAS]}" ||
        fail "pip could not install abuse-intake (see above)."
    fingerprint >"$STAMP.new"
    mv "$STAMP.new" "$STAMP"
}

fingerprint() {
    "$VENV/bin/python" -V
    cksum pyproject.toml
}

fail() {
    echo "$1" >&2
    exit 1
}

main
