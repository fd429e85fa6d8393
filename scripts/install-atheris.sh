#!/bin/sh
# Installs atheris (libFuzzer for Python) into .venv, where PyPI has a wheel of it; says loudly where it has none.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -c 'import atheris' 2>/dev/null ||
    .venv/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: 'atheris>=2.3' ||
    echo "atheris could not be installed for $(.venv/bin/python -V): make fuzz goes on WITHOUT coverage guidance." >&2
