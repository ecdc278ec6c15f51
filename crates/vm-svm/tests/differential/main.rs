//! Random transactions give on our chain what they give in LiteSVM: the same accounts, logs,
//! compute units, inner instructions, return data and errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs, unreachable_pub)]

mod both;
mod cast;
#[path = "../chain/mod.rs"]
mod chain;
mod loader;
#[path = "../spl/mod.rs"]
mod spl;
mod step;
mod token_2022;

use both::{Both, Endings};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};

const SOL: u64 = 1_000_000_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_transactions_do_what_they_do_in_litesvm(
        dust in any::<u64>(),
        drafts in vec(step::draft(), 1..40),
    ) {
        let mut both = Both::new(dust);
        for draft in &drafts {
            both.step(draft)?;
        }
    }
}

/// The transactions that are drawn end in all the ways that matter.
#[test]
fn enough_is_drawn() {
    let mut runner = TestRunner::deterministic();
    let drafts = vec(step::draft(), 60..61);
    let mut all = Endings::new();
    for dust in 0..24 {
        let drafts = drafts.new_tree(&mut runner).unwrap().current();
        let mut both = Both::new(dust);
        for draft in &drafts {
            both.step(draft).unwrap();
        }
        for (ending, count) in both.endings {
            *all.entry(ending).or_default() += count;
        }
    }
    for ending in [
        "success",
        "success by a nonce",
        "success with a table",
        "success with a result",
        "success of the loader",
        "success of Token-2022",
        "failed: InstructionError",
        "failed: InsufficientFundsForRent",
        "refused: AccountNotFound",
        "refused: AddressLookupTableNotFound",
        "refused: BlockhashNotFound",
        "refused: DuplicateInstruction",
        "refused: InsufficientFundsForFee",
        "refused: InvalidAccountForFee",
    ] {
        assert!(
            all.get(ending).is_some_and(|count| *count > 0),
            "{ending}: {all:#?}"
        );
    }
    assert!(all["success"] > 60, "{all:#?}");
}
