#!/bin/sh
# Install exactly what locks pin into an environment, and the project editable beside it.
#   sh deployments/install.sh PYTHON ENVIRONMENT LOCK...
# PYTHON has pip, makes the environment where there is none, and is given the uv that
# requirements.lock pins. Every file is checked against the lock's hashes, and nothing is resolved:
# no dependency is followed, no configuration of uv is read, and what the environment's variables
# could add to a resolution is dropped. A mirror is named by UV_DEFAULT_INDEX for uv and
# PIP_INDEX_URL for pip. PROJECT=none leaves the project out; without a LOCK it is installed alone.
set -eu
python=$1
environment=$2
shift 2
unset PIP_CONSTRAINT PIP_BUILD_CONSTRAINT UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE UV_EXCLUDE_NEWER \
      UV_BUILD_CONSTRAINT UV_NO_VERIFY_HASHES UV_PRERELEASE UV_RESOLUTION VIRTUAL_ENV

pinned_uv=$(mktemp)
trap 'rm -f "$pinned_uv"' EXIT
awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' requirements.lock > "$pinned_uv"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$pinned_uv"

test -x "$environment/bin/python" || "$python" -m venv --without-pip "$environment"
for lock do set -- "$@" --requirement "$lock"; shift; done
# The byte code is compiled here, once: without it each command would pay 10 s of compilation
# wherever PYTHONDONTWRITEBYTECODE is set.
test $# -eq 0 || "$python" -m uv --no-config pip install --quiet --python "$environment/bin/python" \
  --compile-bytecode --exact --no-deps --require-hashes "$@"
test "${PROJECT:-}" = none && exit
# The back end that builds is the one that the lock pins, which now is in the environment.
"$python" -m uv --no-config pip install --quiet --python "$environment/bin/python" \
  --no-deps --no-index --no-build-isolation --editable .
"$environment/bin/python" -m compileall -q flows blocks tasks datasets deployments
