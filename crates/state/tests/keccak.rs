//! Hashes of many inputs at once against those of each alone.

use alloy_primitives::keccak256;
use lumio_state::keccak256_many;
use proptest::prelude::*;

/// Inputs of all lengths, and more often those about whole blocks of 136 bytes.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        2 => 0usize..700,
        1 => (1usize..5, 0usize..3).prop_map(|(blocks, off)| blocks * 136 + off - 1),
    ];
    length.prop_flat_map(|length| prop::collection::vec(any::<u8>(), length))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_hash_is_its_own(inputs in prop::collection::vec(input(), 0..40)) {
        let alone: Vec<_> = inputs.iter().map(keccak256).collect();
        prop_assert_eq!(keccak256_many(&inputs), alone);
    }
}
