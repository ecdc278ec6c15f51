"""Makes sample.jsonl and stdlib.json from the modules and outcomes of the differential tests."""
import json
import pathlib
import re

here = pathlib.Path(__file__).parent
tests = here.parent.parent / "tests/differential/basics"
STD = ["vector", "signer", "bcs", "hash"]
PEERS = {"calls": ["digest", "other"]}


def module(name: str) -> str:
    return (tests / f"modules/{name}.mv").read_bytes().hex()


signers = {}
for source in (tests / "sources").glob("*.move"):
    for name, text in re.findall(r"module t::(\w+) \{(.*?)(?=\nmodule|\Z)", source.read_text(), re.S):
        for arguments, function in re.findall(r"#\[test\(([^)]*)\)\] fun (\w+)", text):
            signers[f"{name}::{function}"] = re.findall(r"@(0x[0-9a-f]+)", arguments)

(here / "stdlib.json").write_text(json.dumps({"std": [module(name) for name in STD]}) + "\n")
lines = []
for line in (tests / "expected.txt").read_text().splitlines():
    name, outcome = line.split(" ", 1)
    owner, function = name.split("::")
    if owner.startswith("arithmetic"):
        continue
    address = f"{0x42:064x}"
    steps = [{"op": "init", "stdlib": "std"}]
    for peer in ["digest", *PEERS.get(owner, [])[1:], owner]:
        steps.append({"op": "publish", "module": f"{address}::{peer}", "bytes": module(peer),
                      "no_link_check": False, "no_layout_check": False, "no_friend_check": False,
                      "ok": True})
    call = {"op": "call", "function": f"{address}::{owner}::{function}", "ty_args": [],
            "signers": signers.get(name, []), "args": [], "gas": None, "ok": outcome == "PASS"}
    if outcome == "PASS":
        call |= {"ret": [], "layouts": [], "mut": []}
    else:
        status, *rest = outcome.split(" in ")[0].split(" ")
        call |= {"status": status, "sub": int(rest[0]) if rest else None}
        if " in " in outcome:
            where, peer = outcome.split(" in ")[1].split("::")
            call["at"] = f"{int(where, 16):064x}::{peer}"
    steps.append(call)
    lines.append(json.dumps({"name": name, "steps": steps}))
(here / "sample.jsonl").write_text("\n".join(lines) + "\n")
