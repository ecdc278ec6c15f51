//! Whatever the bytes, reading ends with a value or an error; whatever the module, writing and
//! reading give it back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod generate;

use generate::{Choices, all_instructions, module, script};
use lumio_move_engine::format::{
    MAGIC, Opcode, check_bounds_module, check_bounds_script, read_module, read_script,
    write_module, write_script,
};
use proptest::prelude::*;

/// Reads as module and as script; what could be read can be written and read again.
fn read_both(bytes: &[u8]) {
    if let Ok(module) = read_module(bytes) {
        let written = write_module(&module).expect("what was read can be written");
        assert_eq!(read_module(&written).unwrap(), module);
    }
    if let Ok(script) = read_script(bytes) {
        let written = write_script(&script).expect("what was read can be written");
        assert_eq!(read_script(&written).unwrap(), script);
    }
}

#[test]
fn the_generator_knows_every_instruction() {
    let mut opcodes: Vec<_> = all_instructions(&mut Choices::new(1))
        .iter()
        .map(|i| i.opcode())
        .collect();
    opcodes.sort();
    let mut all = Opcode::ALL.to_vec();
    all.sort();
    assert_eq!((opcodes.len(), opcodes), (104, all));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn modules_come_back(seed: u64, version in 5_u32..=10) {
        let module = module(seed, version);
        check_bounds_module(&module).unwrap();
        let bytes = write_module(&module).unwrap();
        prop_assert_eq!(&read_module(&bytes).unwrap(), &module);
        prop_assert_eq!(write_module(&read_module(&bytes).unwrap()).unwrap(), bytes);
    }

    #[test]
    fn scripts_come_back(seed: u64, version in 5_u32..=10) {
        let script = script(seed, version);
        check_bounds_script(&script).unwrap();
        let bytes = write_script(&script).unwrap();
        prop_assert_eq!(&read_script(&bytes).unwrap(), &script);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_both(&bytes);
    }

    #[test]
    fn any_bytes_after_a_header(version in 5_u8..=10, bytes in prop::collection::vec(0_u8..32, 0..200)) {
        read_both(&[&MAGIC[..], &[version, 0, 0, 0], &bytes].concat());
    }

    #[test]
    fn changed_modules(seed: u64, version in 5_u32..=10, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = write_module(&module(seed, version)).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_both(&bytes);
    }

    #[test]
    fn shortened_modules_are_refused(seed: u64, version in 5_u32..=10, cut in any::<prop::sample::Index>()) {
        let bytes = write_module(&module(seed, version)).unwrap();
        prop_assert!(read_module(&bytes[..cut.index(bytes.len())]).is_err());
    }
}
