#!/bin/sh
# Install durable_rules, which comes as source: build it with the machine's C compiler, or with the one
# in the ziglang wheel. Where it cannot be had (Python 3.13 and newer) the second engine is off and says so.
set -eu
python=$1
if ! "$python" -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then
    echo "durable_rules does not run on this Python: the second engine is off"
    exit 0
fi
if ! command -v cc >/dev/null 2>&1; then
    python_path=$("$python" -c 'import sys; print(sys.executable)')
    export CC="$python_path -m ziglang cc" LDSHARED="$python_path -m ziglang cc -shared" AR="$python_path -m ziglang ar"
fi
"$python" -m pip --disable-pip-version-check --quiet install --require-hashes --no-build-isolation --no-deps \
    -r requirements/durable.txt || echo "durable_rules could not be built: the second engine is off"
