//! Libraries of all modules of the framework: each function that is public or entry is in one, or
//! listed with a reason, and each library is the same each time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use lumio_bindings::{ModuleSource, library, sources_of};
use lumio_move_engine::{
    ModuleId,
    format::{CompiledModule, Visibility, read_module},
};

fn modules() -> impl Iterator<Item = (&'static str, CompiledModule)> {
    let packages = lumio_framework::PACKAGES.iter();
    let modules = packages.flat_map(|package| package.modules);
    modules.map(|(name, code)| (*name, read_module(code).unwrap()))
}

fn find(id: &ModuleId) -> Option<CompiledModule> {
    modules()
        .find(|(name, _)| *name == &*id.name)
        .map(|(_, module)| module)
}

#[test]
fn each_function_is_there_or_listed_with_the_reason() {
    for (name, module) in modules() {
        let source = ModuleSource::default();
        let written = library(&module, &source, None, &mut |id| find(id)).unwrap();
        let again = library(&module, &source, None, &mut |id| find(id)).unwrap();
        assert_eq!(written, again);
        for definition in &module.function_defs {
            let handle = &module.function_handles[definition.handle.index()];
            let function = &module.identifiers[handle.name.index()];
            let is_open = definition.visibility == Visibility::Public || definition.is_entry;
            if function.contains('$') {
                continue;
            }
            let quoted = format!("(\"{function}\",");
            let by_line = format!("            \"{function}\",\n");
            let is_called = written.text.contains(&quoted) || written.text.contains(&by_line);
            let is_listed = written.text.contains(&format!("    // - {function}: "));
            assert_eq!(
                is_called || is_listed,
                is_open,
                "{name}::{function}\n{}",
                written.text
            );
            assert!(!(is_called && is_listed), "{name}::{function}");
        }
    }
}

#[test]
fn what_a_source_says_is_in_the_library() {
    let package = lumio_framework::PACKAGES
        .iter()
        .find(|package| package.name == "AptosFramework")
        .unwrap();
    let (_, text) = package
        .sources
        .iter()
        .find(|(name, _)| *name == "vms.move")
        .unwrap();
    let source = sources_of(text).remove("vms").unwrap();
    let module = find(&ModuleId::new(lumio_move_engine::Address::ONE, "vms")).unwrap();
    let written = library(&module, &source, None, &mut |id| find(id)).unwrap();
    assert_eq!(written.name, "Vms");
    let expected = "    /// The 20 bytes by which the EVM knows an account.\n    \
                    function evmAddress(bytes32 account) internal view returns (bytes memory) {\n        \
                    return abi.decode(_view(\"evm_address\", new string[](0), abi.encode(account)), (bytes));\n    }\n";
    assert!(written.text.contains(expected), "{}", written.text);
    let moved = library(
        &module,
        &source,
        Some("0xabc".parse().unwrap()),
        &mut |id| find(id),
    )
    .unwrap();
    assert!(moved.text.contains("bytes32 internal constant MODULE = 0x0000000000000000000000000000000000000000000000000000000000000abc;"));
}
