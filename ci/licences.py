"""Checks every crate in Cargo.lock against deny.toml and ci/advisories.toml, without a network.

    python3 ci/licences.py

Licences and sources are those that the crates' own manifests and Cargo.lock declare. Advisories
are the checked-in list only, so a new one is found when somebody adds it there; `cargo deny check`
compares with the RustSec database itself. Where that tool can be installed, run it as well.
"""

import json
import re
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def licence_allowed(expression, allowed):
    """Evaluates an SPDX expression; `/` is the older way to write OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    at = 0

    def take(word):
        nonlocal at
        if at < len(tokens) and tokens[at] == word:
            at += 1
            return True
        return False

    def alternatives():
        ok = conjunction()
        while take("OR"):
            ok = conjunction() or ok
        return ok

    def conjunction():
        ok = term()
        while take("AND"):
            ok = term() and ok
        return ok

    def term():
        nonlocal at
        if take("("):
            ok = alternatives()
            if not take(")"):
                raise ValueError(f"a parenthesis is not closed: {expression}")
            return ok
        if at >= len(tokens):
            raise ValueError(f"ends too early: {expression}")
        name = tokens[at]
        at += 1
        if take("WITH"):
            name = f"{name} WITH {tokens[at]}"
            at += 1
        return name in allowed

    ok = alternatives()
    if at != len(tokens):
        raise ValueError(f"not understood: {expression}")
    return ok


def numbers(version):
    """A version's three numbers; a pre-release counts as older than its release."""
    core, _, pre = version.split("+")[0].partition("-")
    parts = [int(part) for part in core.split(".")]
    return (*parts, *[0] * (3 - len(parts)), 0 if pre else 1)


def matches(version, requirement):
    """Whether a version meets `>=1.2.3, <2` and the like."""
    compare = {
        ">=": lambda a, b: a >= b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        "<": lambda a, b: a < b,
        "=": lambda a, b: a == b,
        "^": lambda a, b: a >= b and a < caret_end(b),
    }
    for part in requirement.split(","):
        sign, bound = re.fullmatch(r"\s*(>=|<=|>|<|=|\^)\s*(\S+)\s*", part).groups()
        if not compare[sign](numbers(version), numbers(bound)):
            return False
    return True


def caret_end(version):
    """The first version that is no longer compatible."""
    major, minor, patch, _ = version
    if major:
        return (major + 1, 0, 0, 0)
    return (0, minor + 1, 0, 0) if minor else (0, 0, patch + 1, 0)


def read_licence(package, clarified):
    """The licence that somebody read in a crate's files, if these are still the same."""
    if not clarified:
        return None
    folder = Path(package["manifest_path"]).parent
    for file in clarified["license-files"]:
        if zlib.crc32((folder / file["path"]).read_bytes()) != file["hash"]:
            return None
    return clarified["expression"]


def licence_findings(packages, rules):
    everywhere = set(rules["licenses"]["allow"])
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in rules["licenses"].get("exceptions", [])}
    clarified = {entry["crate"]: entry for entry in rules["licenses"].get("clarify", [])}
    for package in packages:
        name = f"{package['name']} {package['version']}"
        declared = package["license"] or read_licence(package, clarified.get(package["name"]))
        if not declared:
            yield f"{name}: declares no licence"
        elif not licence_allowed(declared, everywhere | exceptions.get(package["name"], set())):
            yield f"{name}: {declared} is not in deny.toml"
    for unused in sorted(set(clarified) - {package["name"] for package in packages}):
        yield f"deny.toml clarifies {unused}, which is no dependency any more"
    for unused in sorted(set(exceptions) - {package["name"] for package in packages}):
        yield f"deny.toml has an exception for {unused}, which is no dependency any more"


def source_findings(packages):
    for package in packages:
        if package["source"] not in (None, CRATES_IO):
            yield f"{package['name']} {package['version']}: comes from {package['source']}, not from crates.io"


def advisory_findings(packages, rules, advisories):
    accepted = {entry["id"] for entry in rules["advisories"]["ignore"]}
    used = set()
    for advisory in advisories:
        for package in packages:
            if package["name"] != advisory["package"]:
                continue
            fixed = advisory["patched"] + advisory.get("unaffected", [])
            if any(matches(package["version"], requirement) for requirement in fixed):
                continue
            used.add(advisory["id"])
            if advisory["id"] not in accepted:
                yield f"{package['name']} {package['version']}: {advisory['id']}, {advisory['title']}"
    for unused in sorted(accepted - used):
        yield f"deny.toml accepts {unused}, which concerns no dependency any more"


def check_the_checks():
    """Fails if the functions above would let something through."""
    mit = {"MIT"}
    assert licence_allowed("(MIT OR GPL-3.0-only) AND MIT", mit)
    assert licence_allowed("Apache-2.0/MIT", mit)
    assert not licence_allowed("MIT AND GPL-3.0-only", mit)
    assert not licence_allowed("Apache-2.0 WITH LLVM-exception", {"Apache-2.0"})
    assert matches("0.3.20", ">=0.3.20") and not matches("0.3.19", ">=0.3.20")
    assert matches("1.4.1", "^1.4.1") and not matches("2.0.0", "^1.4.1")
    assert not matches("1.0.0-rc.1", ">=1.0.0")


def main():
    check_the_checks()
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    advisories = tomllib.loads((ROOT / "ci/advisories.toml").read_text())["advisory"]
    command = ["cargo", "metadata", "--locked", "--format-version=1"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    packages = json.loads(metadata.stdout)["packages"]
    findings = [
        *licence_findings(packages, rules),
        *source_findings(packages),
        *advisory_findings(packages, rules, advisories),
    ]
    if findings:
        sys.exit("\n".join(findings))
    print(f"{len(packages)} crates: licences and sources as in deny.toml, none of {len(advisories)} known advisories")


if __name__ == "__main__":
    main()
