#!/usr/bin/env bash
# Drives the node with cast, forge, viem, ethers, the Aptos SDK and Solana's kit.
#   ci/clients.sh                        builds the node first
#   ci/clients.sh target/release/lumio   takes this one, if it is there
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n ${1-} && -x $1 ]]; then
  LUMIO_BIN=$(realpath "$1")
  export LUMIO_BIN
fi
# Each block is run in order as well, and there is none when that comes to something else.
export LUMIO_EXECUTION_THREADS=2 LUMIO_VERIFY_PARALLEL=true
node tests/clients/run.mjs
