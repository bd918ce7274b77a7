#!/bin/sh
# Install exactly what locks pin into an environment, and the project editable beside it.
#   sh deployments/install.sh PYTHON ENVIRONMENT LOCK...
# PYTHON has pip, makes the environment where there is none, and is given the uv that
# requirements.lock pins. Every file is checked against the lock's hashes, and nothing is resolved:
# no dependency is followed. What pip and uv are told elsewhere, in variables or files of the user,
# counts only where it says how files are got: a mirror is named by UV_DEFAULT_INDEX for uv, and by
# PIP_INDEX_URL or pip.conf for pip. PROJECT=none leaves the project out; without a LOCK it is
# installed alone.
set -eu
python=$1
environment=$2
shift 2
unset PYTHONPATH PYTHONHOME PYTHONWARNINGS PYTHONOPTIMIZE VIRTUAL_ENV CONDA_PREFIX
for name in $(env | sed -nE 's/^((PIP|UV)_[A-Za-z0-9_]+)=.*/\1/p'); do
  case ${name#*_} in
    INDEX_URL | EXTRA_INDEX_URL | DEFAULT_INDEX | INDEX | INDEX_* | FIND_LINKS | NO_INDEX | OFFLINE) ;;
    CONFIG_FILE | CACHE_DIR | NO_CACHE* | KEYRING_PROVIDER | CREDENTIALS_DIR | LINK_MODE) ;;
    CERT | CLIENT_CERT | PROXY | TRUSTED_HOST | INSECURE_HOST | NATIVE_TLS | SYSTEM_CERTS) ;;
    *TIMEOUT | *RETRIES | HTTP_* | CONCURRENT_*) ;;
    *) unset "$name" ;;
  esac
done

pinned_uv=$(mktemp)
trap 'rm -f "$pinned_uv"' EXIT
awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' requirements.lock > "$pinned_uv"
# pip has no switch that keeps a file's mirrors and leaves its targets and bounds aside.
"$python" - "$pinned_uv" << 'END'
import configparser, os, subprocess, sys

SOURCES = (
    "index-url extra-index-url find-links no-index cert client-cert proxy trusted-host "
    "timeout retries cache-dir keyring-provider"
).split()
pip = [sys.executable, "-m", "pip"]
files, found = {}, configparser.RawConfigParser(strict=False)
if os.environ.get("PIP_CONFIG_FILE") != os.devnull:
    told = subprocess.run([*pip, "config", "debug"], check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        path, there, _ = line.strip().rpartition(", exists: True")
        kind = kind if line.startswith(" ") else line.rstrip(":")
        files.setdefault(kind, []).extend([path] if there else [])
# The later ones go before the earlier, and the environment before all.
found.read([path for kind in ("global", "user", "site", "env") for path in files.get(kind, [])])
sections = [found[name] for name in ("global", "install") if found.has_section(name)]
values = {key.replace("_", "-"): value for each in sections for key, value in each.items()}
for name in set(SOURCES) & set(values):
    variable = "PIP_" + name.upper().replace("-", "_")
    os.environ.setdefault(variable, " ".join(values[name].split()))
os.environ["PIP_CONFIG_FILE"] = os.devnull
install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
sys.exit(subprocess.run([*pip, *install, "--requirement", sys.argv[1]]).returncode)
END
unset UV_CONFIG_FILE

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
