#!/usr/bin/env bash
# Looks for misspellings with `typos`: the one installed, or else the one of PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.52.0
folder=${CARGO_TARGET_DIR:-target}/ci/typos-$version
program=$(command -v typos || true)
if [[ -z $program ]]; then
  program=$folder/bin/typos
  if [[ ! -x $program ]] && ! python3 -m pip install --quiet --disable-pip-version-check \
    --root-user-action ignore --target "$folder" "typos==$version"; then
    echo "spelling is not checked: pip cannot install typos $version here"
    exit 0
  fi
fi
"$program" --format brief --config typos.toml
