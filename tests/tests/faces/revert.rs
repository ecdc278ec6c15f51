//! X1, X10: what a frame that reverts has moved and announced.

use crate::calls::{BOB, MULTICALL, multicall};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use lumio_tests::faces::{IERC20, Issued, Odd, Seen, id, number, seen, status, units};
use lumio_vm_bus::message::reason_of;

#[test]
fn x1_x10_movements_and_events_go_with_the_frame_that_reverts() {
    // A contract that Move moves, and an asset that the EVM moves.
    let (mut odd, mut issued) = (Odd::new(), Issued::new("create"));
    let arguments = vec![odd.asset.0.to_vec(), id(BOB).0.to_vec(), number(5)];
    let done = odd.faces.moving(
        &mut odd.alice,
        ("issued", "move_and_fail"),
        vec![],
        arguments,
    );
    assert!(status(&done).contains("0x4d"), "{}", status(&done));
    assert_eq!(
        (seen(&done).len(), done.events.len()),
        (0, 1),
        "only the fee statement"
    );
    assert_eq!(odd.faces.balance_of(odd.token, BOB), U256::ZERO);
    assert_eq!(
        odd.faces.balance(odd.alice.address, odd.asset),
        1_000_000_000
    );

    for (faces, token, asset) in [
        (&mut odd.faces, odd.token, odd.asset),
        (&mut issued.faces, issued.token, issued.asset),
    ] {
        let fund = IERC20::transferCall {
            to: MULTICALL,
            amount: units(100).min(U256::from(1_000)),
        };
        let amount = fund.amount;
        assert!(faces.call(token, fund).success);
        let transfer = |to| IERC20::transferCall { to, amount }.abi_encode();
        let too_much = IERC20::transferCall {
            to: BOB,
            amount: U256::MAX,
        }
        .abi_encode();
        // Moves, and then fails; caught by the frame around it, which moves somewhere else.
        let inner = multicall(&[(token, false, transfer(BOB)), (token, false, too_much)]);
        let carol = Address::repeat_byte(0xca);
        let outer = multicall(&[
            (MULTICALL, true, inner.clone()),
            (token, false, transfer(carol)),
        ]);
        let done = faces.call_raw(MULTICALL, outer);
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(faces.balance_of(token, BOB), U256::ZERO);
        assert_eq!(faces.balance_of(token, carol), amount);
        assert_eq!(faces.balance(id(BOB), asset), 0);
        let transfers = seen(&done);
        let logs = transfers
            .iter()
            .filter(|it| matches!(it, Seen::Transfer(..)));
        let logs: Vec<_> = logs.collect();
        assert_eq!(logs, [&Seen::Transfer(MULTICALL, carol, amount)]);
        let stores = [
            faces.store(id(MULTICALL), asset),
            faces.store(id(carol), asset),
        ];
        for event in &transfers {
            match event {
                Seen::Withdraw(store, _) => assert_eq!(*store, stores[0]),
                Seen::Deposit(store, _) => assert_eq!(*store, stores[1]),
                Seen::Transfer(..) => {}
            }
        }
        // Not caught.
        let done = faces.call_raw(MULTICALL, inner);
        assert!(!done.success && done.events.is_empty());
    }
}
