"""Records in expected.txt what a reference Move compiler does with the programs of this folder.

MOVE_COMPILE is the compiler's command: `$MOVE_COMPILE PACKAGE --test` compiles a package with its
tests, `$MOVE_COMPILE PACKAGE --run-tests` runs them. An argument names another file to write to;
then arguments may name single programs to look at, whose messages are shown.

Lines are `size/NAME BYTES` for each program in accept/, where BYTES are those of its binaries with
tests, `MODULE::TEST OUTCOME` for each test of the programs in accept/, where an outcome is PASS
or FAIL with what happened, and `reject/NAME LINES` for each program in reject/, where LINES are those that
its errors point to.
"""
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STD = HERE / "../../../move-engine/tests/differential/std"
MANIFEST = """[package]
name = "Corpus"
version = "0.1.0"

[addresses]
t = "0x42"
other = "0x43"

[dependencies]
Std = {{ local = "{std}" }}
"""


def run(folder, program, *flags):
    """The compiler's exit status and report for a package of one program, and the package."""
    package = folder / "package"
    (package / "sources").mkdir(parents=True)
    shutil.copytree(STD, folder / "std")
    (package / "Move.toml").write_text(MANIFEST.format(std=folder / "std"))
    shutil.copy(program, package / "sources")
    command = [*shlex.split(os.environ["MOVE_COMPILE"]), str(package), *flags]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return package, done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def errors(text):
    """The parts of a report that are errors."""
    parts = re.split(r"(?m)^(?=(?:error|warning|bug)\b)", text)
    return [part for part in parts if re.match(r"(error|bug)", part)]


def tests(program):
    """The outcomes of a program's tests by name."""
    with tempfile.TemporaryDirectory() as folder:
        _, status, text = run(pathlib.Path(folder), program, "--run-tests")
    if "Test result:" not in text and (status or errors(text)):
        sys.exit("".join(errors(text)) or text)
    outcomes = {name: "PASS" for name in re.findall(r"\[ PASS +\] 0x\w+::(\S+)", text)}
    failed = set(re.findall(r"\[ FAIL +\] 0x\w+::(\S+)", text))
    for part in re.split(r"\nFailures in 0x\w+::", text)[1:]:
        module = part[:part.index(":")]
        for name, body in re.findall(r"┌── (\w+) ─+\n(.*?)\n└─", part, re.S):
            # What was expected is told first, and then what happened instead.
            body = body.rpartition("but instead it")[2] or body
            where = re.search(r"originating in the module 0*([0-9a-f]+::\w+)", body)
            if "did not error as expected" in body:
                outcome = "nothing"
            elif code := re.search(r"aborted with code (\d+)", body):
                outcome = f"ABORTED {code[1]}"
            elif "an arithmetic error" in body:
                outcome = "ARITHMETIC_ERROR"
            elif sub := re.search(r"vector operation error with sub-status (\d+)", body):
                outcome = f"VECTOR_OPERATION_ERROR {sub[1]}"
            elif status := re.search(r"gave a (\w+) \(code \d+\)", body):
                outcome = status[1]
            else:
                sys.exit(f"no outcome in the report of {module}::{name}:\n{body}")
            outcomes[f"{module}::{name}"] = f"FAIL {outcome}" + (f" in 0x{where[1]}" if where else "")
    if missing := failed - set(outcomes):
        sys.exit(f"no outcome for {sorted(missing)}\n{text[-2000:]}")
    return outcomes


def size(program):
    """The bytes of a program's binaries with tests."""
    with tempfile.TemporaryDirectory() as folder:
        package, status, text = run(pathlib.Path(folder), program, "--test")
        binaries = package.glob("build/Corpus/bytecode_*/*.mv")
        return sum(binary.stat().st_size for binary in binaries)


def rejection(program):
    """The lines that errors of a program point to, and these errors; None if it is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        _, status, text = run(pathlib.Path(folder), program, "--run-tests")
    if status == 0 or "Test result:" in text:
        return None, ""
    found = "".join(errors(text))
    lines = {int(line) for line in re.findall(rf"{program.name}:(\d+):", found)}
    # A line of source, and marks below it.
    lines |= {int(line) for line in re.findall(r"(?m)^ *(\d+) │.*\n *│[ │]*[\^-]", found)}
    return sorted(lines), found or text


def each(programs, judge):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(programs, pool.map(judge, programs)))


def main():
    if len(sys.argv) > 2:
        for program, (line, text) in each([pathlib.Path(p) for p in sys.argv[2:]], rejection).items():
            print(f"===== {program.name}: {'accepted' if line is None else line}\n{text}")
        return
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else HERE / "expected.txt"
    accepted = each(sorted(HERE.glob("accept/*.move")), tests)
    lines = [f"{name} {outcome}" for found in accepted.values() for name, outcome in found.items()]
    sizes = each(sorted(HERE.glob("accept/*.move")), size)
    lines += [f"size/{program.stem} {bytes}" for program, bytes in sizes.items()]
    found = each(sorted(HERE.glob("reject/*.move")), rejection)
    if wrong := [program.name for program, (places, _) in found.items() if places is None]:
        sys.exit(f"accepted, though they are in reject/: {wrong}")
    lines += [
        f"reject/{program.stem} {' '.join(map(str, places))}" for program, (places, _) in found.items()
    ]
    target.write_text("".join(f"{line}\n" for line in sorted(lines)))


main()
