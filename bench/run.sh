#!/bin/sh
# Measures everything of which BENCHMARKS.md tells, and renders it; `--only NAME,NAME` for some of it.
set -eu
cd "$(dirname "$0")/.."
# The node that the layers C and D start, too.
cargo build --release --locked -p lumio -p lumio-bench
exec target/release/lumio-bench all "$@"
