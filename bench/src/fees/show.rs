//! The tables on standard error.

use crate::fees::{Block, Outcome};

/// Every so many blocks are shown.
const STEP: usize = 4;

/// Shows each run's blocks, and both runs in one line each.
pub(super) fn table(outcomes: &[Outcome]) {
    for outcome in outcomes {
        eprintln!(
            "\n{} local fee markets; fees in gwei for each gas",
            name(outcome.summary.local)
        );
        eprintln!(
            "{:>5} {:>9} {:>11} {:>7} {:>7} {:>9} {:>11} {:>8} {:>7} {:>7} {:>7}",
            "block",
            "base fee",
            "mint price",
            "Mgas",
            "mint",
            "lowest",
            "payment fee",
            "payments",
            "in 1",
            "in 2",
            "in 5"
        );
        for block in outcome.blocks.iter().step_by(STEP) {
            row(block);
        }
    }
    eprintln!(
        "\n{:<8} {:>9} {:>9} {:>11} {:>11} {:>7} {:>7} {:>7} {:>7} {:>10}",
        "local",
        "highest",
        "last",
        "mint price",
        "payment fee",
        "in 1",
        "in 2",
        "in 5",
        "mints",
        "mint ETH"
    );
    for summary in outcomes.iter().map(|it| &it.summary) {
        eprintln!(
            "{:<8} {:>9.4} {:>9.4} {:>11.3} {:>11.4} {:>6.1}% {:>6.1}% {:>6.1}% {:>7} {:>10.3}",
            name(summary.local),
            summary.highest_base_fee,
            summary.last_base_fee,
            summary.highest_price,
            summary.payment_fee,
            summary.within_1,
            summary.within_2,
            summary.within_5,
            summary.mints_in,
            summary.mint_fees,
        );
    }
}

const fn name(local: bool) -> &'static str {
    if local { "with" } else { "without" }
}

#[allow(clippy::cast_precision_loss, reason = "gas is far below 2^52")]
fn row(block: &Block) {
    eprintln!(
        "{:>5} {:>9.4} {:>11.3} {:>7.2} {:>7.2} {:>9.3} {:>11.4} {:>8} {:>6.1}% {:>6.1}% {:>6.1}%",
        block.block,
        block.base_fee,
        block.local_price,
        block.gas_used as f64 / 1e6,
        block.mint_gas as f64 / 1e6,
        block.lowest_mint,
        block.payment_fee,
        block.payments,
        block.within_1,
        block.within_2,
        block.within_5,
    );
}
