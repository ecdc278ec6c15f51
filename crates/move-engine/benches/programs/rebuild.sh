#!/usr/bin/env bash
# Compiles the programs that are measured. MOVE_COMPILE is the command of a Move compiler.
set -euo pipefail
cd "$(dirname "$0")"
: "${MOVE_COMPILE:?set it to the command of a Move compiler}"
$MOVE_COMPILE . --clean
cp build/Programs/bytecode_modules/dependencies/Std/vector.mv build/Programs/bytecode_modules/programs.mv .
rm -rf build ../../tests/differential/std/build
