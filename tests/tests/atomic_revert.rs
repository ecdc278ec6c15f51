//! X1: a revert at any ancestor undoes what any callee did, in every ordered
//! pair of VMs, at depths 2 to 4, caught and uncaught.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_tests::tree::{Node, Planted, TreeStep};
use lumio_types::VmId;

/// A chain of calls in which each contract writes, emits and pays before it
/// calls the next and after. The one at `reverting` then gives up; `catching`
/// survives the failure of its callee.
fn chain(vms: &[VmId], depth: usize, reverting: usize, catching: Option<usize>) -> Node {
    let (vm, rest) = vms.split_first().unwrap();
    let mark = depth as u64 + 1;
    let mut steps = vec![
        TreeStep::Write(0, mark),
        TreeStep::Emit(mark),
        TreeStep::Pay(0, mark),
    ];
    if !rest.is_empty() {
        steps.push(TreeStep::Call {
            callee: chain(rest, depth + 1, reverting, catching),
            wei: 3,
            catch: catching == Some(depth),
            is_static: false,
        });
    }
    steps.extend([TreeStep::Write(1, mark), TreeStep::Emit(mark + 100)]);
    if depth == reverting {
        steps.push(TreeStep::Revert);
    }
    Node { vm: *vm, steps }
}

fn check(vms: &[VmId]) {
    for reverting in 0..vms.len() {
        for catching in (0..reverting).map(Some).chain([None]) {
            let planted = Planted::new(&chain(vms, 0, reverting, catching));
            let state = planted.state();
            let (success, finished) = planted.run(&state);
            assert_eq!(
                success,
                catching.is_some(),
                "{vms:?} {reverting} {catching:?}"
            );
            if success {
                planted.model().1.assert_equals(&state, &finished);
            } else {
                assert!(
                    finished.writes.is_empty(),
                    "{vms:?} {reverting}: {finished:?}"
                );
                assert!(
                    finished.events.is_empty(),
                    "{vms:?} {reverting}: {finished:?}"
                );
            }
        }
    }
}

#[test]
fn every_ordered_pair_at_depth_two() {
    for outer in VmId::ALL {
        for inner in VmId::ALL {
            check(&[outer, inner]);
        }
    }
}

#[test]
fn every_ordered_pair_at_depths_three_and_four() {
    for outer in VmId::ALL {
        for inner in VmId::ALL {
            check(&[outer, inner, outer]);
            check(&[outer, inner, outer, inner]);
        }
    }
}

#[test]
fn nothing_is_lost_without_a_revert() {
    for outer in VmId::ALL {
        for inner in VmId::ALL {
            let vms = [outer, inner, outer, inner];
            let planted = Planted::new(&chain(&vms, 0, usize::MAX, None));
            let state = planted.state();
            let (success, finished) = planted.run(&state);
            assert!(success);
            assert_eq!(finished.events.len(), 8);
            planted.model().1.assert_equals(&state, &finished);
        }
    }
}
