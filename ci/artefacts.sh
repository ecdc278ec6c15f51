#!/usr/bin/env bash
# Rebuilds the Solidity artefacts from their sources; with `--check`, compares only.
set -euo pipefail
cd "$(dirname "$0")/.."

(cd framework/solidity && npm ci --no-audit --no-fund && node build.mjs "$@")
(cd tests/clients && npm ci --no-audit --no-fund)
node tests/fixtures/build.mjs "$@"
