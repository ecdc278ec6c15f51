//! X12: damaged calls end as calls do: with success, a reason, or out of gas, and never as a fault.

use super::{errors::kinds, world::*};
use proptest::prelude::*;

/// What is done to some bytes.
#[derive(Clone, Debug)]
pub(super) enum Damage {
    Set(usize, u8),
    /// A word with a small number, such as offsets and lengths are.
    Word(usize, u16),
    Cut(usize),
    Insert(usize, Vec<u8>),
    /// A part is put elsewhere.
    Copy(usize, usize, usize),
}

pub(super) fn damage() -> impl Strategy<Value = Damage> {
    let at = 0..1_200_usize;
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at.clone(), 0..700_u16).prop_map(|(at, number)| Damage::Word(at / 32, number)),
        at.clone().prop_map(Damage::Cut),
        (at.clone(), proptest::collection::vec(any::<u8>(), 1..70))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at.clone(), at, 0..100_usize).prop_map(|(from, to, size)| Damage::Copy(from, to, size)),
    ]
}

pub(super) fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let within = |at: usize| at.min(bytes.len());
        match damage {
            Damage::Set(at, byte) => {
                let at = at % bytes.len().max(1);
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            Damage::Word(word, number) => {
                // Words begin behind the selector.
                let at = 4 + word * 32 + 30;
                if let Some(place) = bytes.get_mut(at..at + 2) {
                    place.copy_from_slice(&number.to_be_bytes());
                }
            }
            Damage::Cut(at) => bytes.truncate(within(*at)),
            Damage::Insert(at, more) => {
                let at = within(*at);
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Copy(from, to, size) => {
                let part = bytes[within(*from)..within(from + size)].to_vec();
                let to = within(*to);
                let end = (to + part.len()).min(bytes.len());
                bytes.splice(to..end, part);
            }
        }
    }
    bytes
}

fn answer(world: &World, to: Address, input: Vec<u8>) -> Status {
    // A fault is a panic there.
    let (outcome, finished) = world.bare(of_evm(Address::repeat_byte(9), to, input, 3_000_000));
    assert!(outcome.gas_used <= 3_000_000);
    if outcome.status != Status::Success {
        assert!(finished.writes.is_empty() && finished.events.is_empty());
    }
    outcome.status
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn x12_damaged_calls_of_move_are_no_faults(
        which in 0..4_usize,
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let world = World::new();
        let input = match which {
            0 => calls("hello", "kinds", &[], kinds(|_| {})),
            1 => tries("hello", "kinds", kinds(|_| {})),
            2 => calls("hello", "name_of", &["vector<0x1::coin::Coin<u8>>"], vec![]),
            _ => {
                let data = kinds(|_| {});
                let args = relay_args(CROSS_VM_ADDRESS, U256::ZERO, &calls("hello", "kinds", &[], data));
                calls("hazards", "try_relay", &[], args)
            }
        };
        answer(&world, CROSS_VM_ADDRESS, damaged(input, &damages));
    }

    #[test]
    fn x12_damaged_data_of_solidity_are_no_faults(
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let world = World::new();
        let data = (vec![vec![1_u64, 2], vec![]], String::from("text"), vec![7_u16]);
        // Damage is where a selector would be in front.
        let data = damaged([vec![0; 4], data.abi_encode_params()].concat(), &damages);
        let data = Bytes::from(data.get(4..).unwrap_or_default().to_vec());
        let ty = "vector<vector<u64>>";
        let input = calls("hazards", "decoded", &[ty], data.abi_encode());
        answer(&world, CROSS_VM_ADDRESS, input);
        let input = calls("hazards", "decoded", &["0x1::option::Option<vector<u8>>"], data.abi_encode());
        answer(&world, CROSS_VM_ADDRESS, input);
    }

    #[test]
    fn x12_damaged_signatures_are_no_faults(
        signature in "[a-z]{0,3}[(]{0,3}(uint256|address|bytes32|string|u64|\\[|\\]|\\(|\\)|,|[0-9]){0,8}[)]{0,3}",
        number in any::<u64>(),
    ) {
        let world = World::new();
        let args = (Bytes::from(signature.into_bytes()), number).abi_encode_params();
        let input = calls("hazards", "encoded", &["u64"], args);
        answer(&world, CROSS_VM_ADDRESS, input);
    }

    #[test]
    fn x12_damaged_queued_calls_are_no_faults(
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let mut world = World::new();
        let input = damaged(queue_input("bump"), &damages);
        let done = world.evm_to(QUEUE_ADDRESS, input);
        prop_assert!(done.success || done.events.is_empty());
    }
}
