#!/usr/bin/env bash
# Drives the node with cast, forge, viem, ethers and the Aptos SDK.
#   ci/clients.sh                        builds the node first
#   ci/clients.sh target/release/lumio   takes this one, if it is there
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n ${1-} && -x $1 ]]; then
  LUMIO_BIN=$(realpath "$1")
  export LUMIO_BIN
fi
node tests/clients/run.mjs
