#!/usr/bin/env bash
# Rebuilds the compiled modules and the recorded outcomes of the differential tests.
#
# MOVE_COMPILE is the command of a Move compiler with a virtual machine: `$MOVE_COMPILE PACKAGE
# --test` compiles with tests, `$MOVE_COMPILE PACKAGE --run-tests` runs them.
set -euo pipefail
cd "$(dirname "$0")"
: "${MOVE_COMPILE:?set it to the command of a Move compiler that also runs tests}"
python3 generate.py
# Most tests end in an abort, so the run as a whole fails.
{ $MOVE_COMPILE basics --run-tests 2>&1 || true; } | python3 record.py >basics/expected.txt
$MOVE_COMPILE basics --test --clean >/dev/null 2>&1
rm -rf basics/modules
mkdir -p basics/modules
cp basics/build/Basics/bytecode_modules/dependencies/Std/*.mv basics/modules/
cp basics/build/Basics/bytecode_modules/*.mv basics/modules/
rm -rf basics/build std/build
