#!/usr/bin/env bash
# Checks that the core crates and all their dependencies build without `std`, for fault proofs.
#
# No bare-metal target is needed: the crates are checked for the host against a sysroot that has
# only `core`, `alloc` and `compiler_builtins`. Whatever asks for `std` does not find it. Build
# scripts and procedural macros keep the whole sysroot, because RUSTFLAGS do not reach them when
# a target is named.
set -euo pipefail
cd "$(dirname "$0")/.."

crates=(lumio-types lumio-state lumio-vm-bus lumio-vm-evm lumio-framework lumio-vm-move lumio-executor lumio-move-engine lumio-move-transaction)

target=$(rustc -vV | sed -n 's/^host: //p')
libraries=lib/rustlib/$target/lib
full=$(rustc --print sysroot)/$libraries
folder=${CARGO_TARGET_DIR:-target}/no_std
sysroot=$(mkdir -p "$folder" && cd "$folder" && pwd)/sysroot

rm -rf "$sysroot"
mkdir -p "$sysroot/$libraries"
for library in core alloc compiler_builtins; do
  ln -s "$full"/lib"$library"-*.rlib "$full"/lib"$library"-*.rmeta "$sysroot/$libraries/"
done

# Proves that the check can fail: a crate that uses std must not pass.
probe='pub fn probe() -> std::string::String { std::string::String::new() }'
if rustc --sysroot "$sysroot" --crate-type lib --emit metadata -o "$sysroot/probe.rmeta" - <<<"$probe" 2>/dev/null; then
  echo "the sysroot without std has std" >&2
  exit 1
fi

packages=()
for crate in "${crates[@]}"; do packages+=(-p "$crate"); done
RUSTFLAGS="--sysroot $sysroot" cargo check --release --lib --no-default-features \
  --target "$target" "${packages[@]}"
echo "without std: ${crates[*]}"
