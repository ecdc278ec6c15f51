"""Reads a test run's report and prints one line for each test: its name and its outcome.

An outcome is PASS, or a status name, then the abort code or vector error where there is one, then
the module in which it arose.
"""
import re
import sys

text = re.sub(r"\x1b\[[0-9;]*m", "", sys.stdin.read())
outcomes = {name: "PASS" for name in re.findall(r"\[ PASS +\] 0x42::(\S+)", text)}
failed = set(re.findall(r"\[ FAIL +\] 0x42::(\S+)", text))
for part in re.split(r"\nFailures in 0x42::", text)[1:]:
    module = part[:part.index(":")]
    for name, body in re.findall(r"┌── (\w+) ─+\n(.*?)\n└─", part, re.S):
        where = re.search(r"originating in the module 0*([0-9a-f]+::\w+)", body)
        if code := re.search(r"aborted with code (\d+)", body):
            outcome = f"ABORTED {code[1]}"
        elif "an arithmetic error" in body:
            outcome = "ARITHMETIC_ERROR"
        elif sub := re.search(r"vector operation error with sub-status (\d+)", body):
            outcome = f"VECTOR_OPERATION_ERROR {sub[1]}"
        elif status := re.search(r"gave a (\w+) \(code \d+\)", body):
            outcome = status[1]
        else:
            sys.exit(f"no outcome in the report of {module}::{name}:\n{body}")
        outcomes[f"{module}::{name}"] = f"{outcome} in 0x{where[1]}" if where else outcome
missing = failed - set(outcomes)
if missing or not outcomes:
    sys.exit(f"no outcome for {sorted(missing)}\n{text[-2000:]}")
for name in sorted(outcomes):
    print(name, outcomes[name])
