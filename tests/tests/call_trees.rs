//! X1, X2, X3, X10: random trees of calls over the EVM and two mock VMs equal
//! the naive model, for state, balances and the order of events.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_tests::tree::{Node, Planted, TreeStep};
use lumio_types::VmId;
use proptest::prelude::*;

fn vm() -> impl Strategy<Value = VmId> {
    prop_oneof![Just(VmId::Evm), Just(VmId::Move), Just(VmId::Svm)]
}

fn plain() -> impl Strategy<Value = TreeStep> {
    prop_oneof![
        4 => (0..3_u8, 0..4_u64).prop_map(|(cell, value)| TreeStep::Write(cell, value)),
        3 => any::<u64>().prop_map(TreeStep::Emit),
        3 => (0..3_u8, 1..700_u64).prop_map(|(who, wei)| TreeStep::Pay(who, wei)),
        1 => Just(TreeStep::Revert),
    ]
}

fn tree() -> impl Strategy<Value = Node> {
    let leaf = (vm(), proptest::collection::vec(plain(), 0..4), any::<u8>()).prop_map(
        |(vm, mut steps, chance)| {
            if chance < 10 {
                steps.push(TreeStep::Exhaust);
            }
            Node { vm, steps }
        },
    );
    leaf.prop_recursive(4, 24, 3, |inner| {
        let call =
            (inner, 0..500_u64, any::<bool>(), 0..8_u8).prop_map(|(callee, wei, catch, chance)| {
                TreeStep::Call {
                    callee,
                    wei,
                    catch,
                    is_static: chance == 0,
                }
            });
        let step = prop_oneof![plain(), call];
        (vm(), proptest::collection::vec(step, 1..5)).prop_map(|(vm, steps)| Node { vm, steps })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn call_trees_equal_naive_model(root in tree()) {
        let planted = Planted::new(&root);
        let state = planted.state();
        let (success, finished) = planted.run(&state);
        let (expected, world) = planted.model();
        prop_assert_eq!(success, expected);
        world.assert_equals(&state, &finished);
        // X14: again, with warm caches.
        prop_assert_eq!((success, finished), planted.run(&state));
    }
}
