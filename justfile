# `just` lists the recipes; `just check` is all of CI.

_list:
    @{{ just_executable() }} --list --unsorted

# All of CI
check:
    .ci/run

# Only some steps of CI, such as `just step lint no_std`
step +names:
    .ci/run {{names}}

# A development chain; arguments go to `lumio dev`
dev *args:
    cargo run --release -- dev {{args}}

# All Rust tests, or those whose name contains a word
test *args:
    cargo test --workspace --release {{args}}

# The node, driven by cast, forge, viem, ethers and the Aptos SDK
clients:
    ci/clients.sh

# Ethereum state tests: files or folders of JSON
statetest +paths:
    cargo run --release -- statetest {{paths}}

# Measurements; without arguments, what there is
bench *args="--help":
    cargo run --release -p lumio-bench -- {{args}}

# Format everything
fmt:
    cargo fmt --all

# Clippy, as CI runs it
lint:
    .ci/run lint

# Crate documentation in target/doc
doc:
    cargo doc --workspace --no-deps --release

# Rebuild Solidity and Move artefacts, and the lists of RPC methods and REST routes in docs/
artefacts:
    ci/artefacts.sh
    cargo run --release -- rpc-methods > docs/ethereum-rpc.md
    cargo run --release -- solana-methods > docs/solana-rpc.md
    cargo run --release -- rest-routes > docs/aptos-api.md

# Rebuild the Move framework's binaries
framework:
    REBUILD=1 cargo test --release -p lumio-move-compiler --test framework

# Licences, sources and known advisories of all dependencies
licences:
    python3 ci/licences.py

# A shipped binary: smaller, faster, slow to build
dist:
    cargo build --profile dist
