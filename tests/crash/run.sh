#!/bin/sh
# Kills the node at random moments under load and checks that nothing that it
# acknowledged is lost. Options: --rounds, --rate, --seed, --block-time, …
# The last line is "N passed, N failed"; fails when a check failed.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release --quiet -p lumio -p lumio-bench
exec target/release/lumio-bench crash --lumio target/release/lumio "$@"
