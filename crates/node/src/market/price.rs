//! The price of one resource: as EIP-1559's, over the gas that wants to write it.
//!
//! EIP-1559 must leave half of a block free to see that more is wanted. The producer sees what
//! waits, so the price can follow that, and a share can be used up at once.

use crate::market::plan::Pressure;

/// The largest change down, and the unit of changes up: one part in so many.
const DENOMINATOR: u128 = 8;
/// A price never more than doubles: by this many of those parts.
const MOST_PARTS: u64 = 8;
/// A price below so many wei for each gas is none.
const FLOOR: u128 = 1_000;

/// The price after a block, in wei for each gas above the base fee.
///
/// It rises while transactions that bid it are left out, by up to the whole for eight shares of
/// gas; never above the lowest bid that got in, so that a share is never left unused because of
/// its price. It falls when the share is not used up, and by the most when nobody had to wait.
pub(super) fn next_price(price: u128, pressure: Option<&Pressure>, share: u64) -> u128 {
    let share = u128::from(share.max(1));
    let fall = |part: u128, of: u128| {
        let fallen = price.saturating_sub((price / DENOMINATOR / of).saturating_mul(part));
        // The last few wei, which have no eighth.
        fallen.min(price.saturating_sub(1))
    };
    let next = match pressure {
        None => fall(1, 1),
        Some(pressure) if pressure.left == 0 => {
            let free = share.saturating_sub(u128::from(pressure.taken));
            match free {
                0 => price,
                free => fall(free, share),
            }
        }
        Some(pressure) => {
            let most = share.saturating_mul(u128::from(MOST_PARTS));
            let left = u128::from(pressure.left).min(most);
            let rise = (price / DENOMINATOR).saturating_mul(left) / share;
            let clearing = pressure.lowest_taken.unwrap_or(pressure.highest_left);
            // Whoever has no price yet begins with an eighth of what is bid.
            let risen = price.saturating_add(rise).max(clearing / DENOMINATOR);
            risen.min(clearing.max(price))
        }
    };
    if next < FLOOR { 0 } else { next }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: u64 = 1_000_000;
    const GWEI: u128 = 1_000_000_000;

    fn wanted(left: u64, lowest_taken: u128) -> Pressure {
        Pressure {
            taken: SHARE,
            left,
            waiting: 1,
            lowest_taken: Some(lowest_taken),
            highest_left: lowest_taken,
        }
    }

    #[test]
    fn rises_to_what_clears_the_share_and_no_further() {
        let mut price = 0;
        for _ in 0..4 {
            price = next_price(price, Some(&wanted(20 * SHARE, 80 * GWEI)), SHARE);
        }
        assert_eq!(price, 80 * GWEI);
        let later = next_price(price, Some(&wanted(20 * SHARE, 80 * GWEI)), SHARE);
        assert_eq!(later, price);
    }

    #[test]
    fn one_share_too_much_is_an_eighth_more() {
        let next = next_price(8 * GWEI, Some(&wanted(SHARE, 100 * GWEI)), SHARE);
        assert_eq!(next, 12_500_000_000, "begins with an eighth of the bids");
        let next = next_price(80 * GWEI, Some(&wanted(SHARE, 100 * GWEI)), SHARE);
        assert_eq!(next, 90 * GWEI);
        let next = next_price(80 * GWEI, Some(&wanted(u64::MAX, 1_000 * GWEI)), SHARE);
        assert_eq!(next, 160 * GWEI, "never more than double");
    }

    #[test]
    fn falls_to_nothing_when_nobody_waits() {
        let mut price = 1_000 * GWEI;
        let mut blocks = 0;
        while price > 0 {
            let next = next_price(price, None, SHARE);
            assert!(next < price);
            price = next;
            blocks += 1;
        }
        assert!((100..200).contains(&blocks), "{blocks}");
    }

    #[test]
    fn stays_while_the_share_is_used_up_and_falls_as_far_as_it_is_not() {
        let full = Pressure {
            taken: SHARE,
            ..Pressure::default()
        };
        assert_eq!(next_price(GWEI, Some(&full), SHARE), GWEI);
        let half = Pressure {
            taken: SHARE / 2,
            ..Pressure::default()
        };
        let next = next_price(GWEI, Some(&half), SHARE);
        assert_eq!(next, GWEI - GWEI / 16);
    }

    #[test]
    fn nothing_overflows() {
        for price in [0, 1, u128::MAX] {
            for left in [0, 1, u64::MAX] {
                for share in [0, 1, u64::MAX] {
                    next_price(price, Some(&wanted(left, u128::MAX)), share);
                    next_price(price, None, share);
                }
            }
        }
    }
}
