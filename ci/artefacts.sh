#!/usr/bin/env bash
# Rebuilds Solidity and Move artefacts and test vectors from their sources; with `--check`, compares only.
set -euo pipefail
cd "$(dirname "$0")/.."

(cd framework/solidity && npm ci --no-audit --no-fund && node build.mjs "$@")
(cd tests/clients && npm ci --no-audit --no-fund)
(cd crates/move-transaction/tests/vectors && npm ci --no-audit --no-fund && node build.mjs "$@")
node tests/fixtures/build.mjs "$@"
# The node that is given, or else one that is built here.
[[ -n ${LUMIO_BIN:-} ]] || cargo build --locked --release -p lumio
node tests/fixtures/move/build.mjs "$@"
