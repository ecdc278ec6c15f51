//! Contracts that do not do what they say, and who would profit from it.

use super::*;

#[test]
fn a_contract_is_not_believed() {
    // Modes of `OddToken`, and what comes of a transfer.
    let cases = [
        (1, None),
        (2, Some("did not return true")),
        (3, Some("moved another amount")),
        (4, Some("moved another amount")),
        (5, Some("moved another amount")),
        (8, Some("no balances today")),
        (9, Some("the account is on a blacklist")),
    ];
    for (mode, refused) in cases {
        let mut it = Shown::new();
        let bob = Pubkey::new_from_array([0xb0; 32]);
        let made = it.make(&bob);
        it.succeed(&[made]);
        it.behave(mode);
        let pays = it.pays(&associated(&bob, &it.mint), 1_000);
        match refused {
            None => {
                it.succeed(&[pays]);
                assert_eq!(it.has_key(&bob), units(1_000));
            }
            Some(refused) => {
                let reason = it.fail(&[pays]);
                assert!(reason.contains("0x5"), "{mode}: {reason}");
                assert!(reason.contains(refused), "{mode}: {reason}");
            }
        }
    }
}
