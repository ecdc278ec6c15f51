//! Hashes of many inputs at once against those of each alone.

use alloy_primitives::{Address, Bytes, keccak256};
use lumio_state::{StateKey, Value, commitments, keccak256_many};
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

    #[test]
    fn each_commitment_is_its_own(
        values in prop::collection::vec((input(), any::<bool>(), prop::option::of(input())), 0..40),
    ) {
        let values: Vec<_> = values
            .into_iter()
            .map(|(key, covered, value)| {
                let key = if covered {
                    StateKey::Balance(Address::from_word(keccak256(key)))
                } else {
                    StateKey::System(Bytes::from(key))
                };
                (key, value.map(|value| Value::from(Bytes::from(value))))
            })
            .collect();
        let alone: Vec<_> = values
            .iter()
            .filter_map(|(key, value)| Some((key.commitment_slot()?, Value::commitment(value.as_ref()))))
            .collect();
        let together = commitments(values.iter().map(|(key, value)| (key, value.as_ref())));
        prop_assert_eq!(together, alone);
    }
}
