//! Which of the pool's transactions a block takes: in the pool's order, but for hot resources,
//! which have shares and prices.

use crate::{
    market::{HOT_SHARES, SHARES},
    pool::Lane,
};
use alloy_primitives::map::{HashMap, HashSet};

/// A transaction as far as the choice depends on it.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    /// Whose order it is part of.
    pub(super) lane: Lane,
    /// What it bids above the base fee, in wei for each gas.
    pub(super) bid: u128,
    /// Gas that it is likely to use.
    pub(super) gas: u64,
    /// Hot resources that it is likely to write.
    pub(super) keys: Vec<u64>,
}

/// How much of the demand for a resource found a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pressure {
    /// Gas of those that bid its price and got in.
    pub(super) taken: u64,
    /// Gas of those that bid its price and did not.
    pub(super) left: u64,
    /// All that did not get in.
    pub(super) waiting: usize,
    /// The lowest bid that got in.
    pub(super) lowest_taken: Option<u128>,
    /// The highest bid that did not.
    pub(super) highest_left: u128,
}

/// A choice.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Places of the chosen ones, in the order in which they are to run.
    pub(super) chosen: Vec<usize>,
    pub(super) pressure: HashMap<u64, Pressure>,
    /// Whether more was wanted than the target.
    pub(super) contested: bool,
}

/// Chooses. `wishes` are in the order in which the pool would give them, each lane's in its own;
/// `target` is the gas at which the base fee stays as it is.
///
/// First come those that write nothing hot, and of the others as many as bid the price and fit
/// into the shares of what they write. What is then left below the target goes to the rest, so
/// that hot resources make use of it, and alone never get the block above it.
pub(super) fn plan(wishes: &[Wish], prices: &HashMap<u64, u128>, target: u64) -> Plan {
    let wanted = wishes.iter().map(|wish| wish.gas);
    if wanted.fold(0, u64::saturating_add) <= target {
        return Plan {
            chosen: (0..wishes.len()).collect(),
            ..Plan::default()
        };
    }
    let mut block = Block {
        prices,
        target,
        gas: 0,
        hot_gas: 0,
        used: HashMap::default(),
        blocked: HashSet::default(),
        plan: Plan {
            contested: true,
            ..Plan::default()
        },
    };
    let mut rest = Vec::new();
    for (place, wish) in wishes.iter().enumerate() {
        if block.takes_in_turn(wish) {
            block.take(place, wish);
        } else {
            block.blocked.insert(wish.lane);
            rest.push((place, wish));
        }
    }
    block.blocked.clear();
    for (place, wish) in rest {
        if block.takes_as_spare(wish) {
            block.take(place, wish);
        } else {
            block.leave(wish);
        }
    }
    block.plan
}

/// A block in the making.
struct Block<'a> {
    prices: &'a HashMap<u64, u128>,
    target: u64,
    gas: u64,
    /// Gas of what writes something hot.
    hot_gas: u64,
    /// Gas of what writes each hot resource.
    used: HashMap<u64, u64>,
    /// Lanes of which one had to wait: what comes after it waits, too.
    blocked: HashSet<Lane>,
    plan: Plan,
}

impl Block<'_> {
    fn price(&self, key: u64) -> u128 {
        self.prices.get(&key).copied().unwrap_or_default()
    }

    fn takes_in_turn(&self, wish: &Wish) -> bool {
        if self.blocked.contains(&wish.lane) {
            return false;
        }
        // The first is taken even if it is larger than a share: it would never have its turn.
        let fits = |used: u64, share: u64| used == 0 || used.saturating_add(wish.gas) <= share;
        wish.keys.is_empty()
            || fits(self.hot_gas, self.target / HOT_SHARES)
                && wish.keys.iter().all(|key| {
                    let used = self.used.get(key).copied().unwrap_or_default();
                    wish.bid >= self.price(*key) && fits(used, self.target / SHARES)
                })
    }

    fn takes_as_spare(&self, wish: &Wish) -> bool {
        let fits = self.gas == 0 || self.gas.saturating_add(wish.gas) <= self.target;
        fits && !self.blocked.contains(&wish.lane)
    }

    fn take(&mut self, place: usize, wish: &Wish) {
        self.plan.chosen.push(place);
        self.gas = self.gas.saturating_add(wish.gas);
        if wish.keys.is_empty() {
            return;
        }
        self.hot_gas = self.hot_gas.saturating_add(wish.gas);
        for key in &wish.keys {
            let used = self.used.entry(*key).or_default();
            *used = used.saturating_add(wish.gas);
            let bids_price = wish.bid >= self.price(*key);
            let pressure = self.plan.pressure.entry(*key).or_default();
            if bids_price {
                pressure.taken = pressure.taken.saturating_add(wish.gas);
            }
            let lowest = pressure.lowest_taken.unwrap_or(u128::MAX);
            pressure.lowest_taken = Some(lowest.min(wish.bid));
        }
    }

    fn leave(&mut self, wish: &Wish) {
        // What only waits for another one of its lane says nothing of what it would write.
        let is_first = self.blocked.insert(wish.lane);
        for key in &wish.keys {
            let bids_price = wish.bid >= self.price(*key);
            let pressure = self.plan.pressure.entry(*key).or_default();
            pressure.waiting = pressure.waiting.saturating_add(1);
            if is_first && bids_price {
                pressure.left = pressure.left.saturating_add(wish.gas);
                pressure.highest_left = pressure.highest_left.max(wish.bid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_primitives::Address;
    use proptest::prelude::*;

    const TARGET: u64 = 1_000;
    const GAS: u64 = 10;

    fn wish(sender: u16, bid: u128, keys: &[u64]) -> Wish {
        let [high, low] = sender.to_be_bytes();
        Wish {
            lane: Lane::Evm(Address::left_padding_from(&[high, low])),
            bid,
            gas: GAS,
            keys: keys.to_vec(),
        }
    }

    fn gas_of(plan: &Plan, wishes: &[Wish], wanted: impl Fn(&Wish) -> bool) -> u64 {
        let chosen = plan.chosen.iter().map(|place| &wishes[*place]);
        chosen
            .filter(|wish| wanted(wish))
            .map(|wish| wish.gas)
            .sum()
    }

    #[test]
    fn everything_is_taken_in_order_up_to_the_target() {
        let wishes: Vec<_> = (0..100).map(|sender| wish(sender, 1, &[7])).collect();
        let prices = HashMap::from_iter([(7, 1_000)]);
        let plan = plan(&wishes, &prices, TARGET);
        assert_eq!(plan.chosen, (0..100).collect::<Vec<_>>());
        assert!(!plan.contested);
    }

    #[test]
    fn a_hot_spot_alone_fills_a_block_to_its_target() {
        let wishes: Vec<_> = (0..500).map(|sender| wish(sender, 9, &[7])).collect();
        let plan = plan(&wishes, &HashMap::default(), TARGET);
        assert_eq!(plan.chosen.len(), 100);
        let pressure = &plan.pressure[&7];
        assert_eq!((pressure.taken, pressure.left), (1_000, 4_000));
        assert_eq!(pressure.waiting, 400);
        assert_eq!(pressure.lowest_taken, Some(9));
    }

    #[test]
    fn others_come_first_and_a_hot_spot_keeps_its_share() {
        let hot = (0..500).map(|sender| wish(sender, 9, &[7]));
        let others = (500..700).map(|sender| wish(sender, 1, &[]));
        let wishes: Vec<_> = hot.chain(others).collect();
        let plan = plan(&wishes, &HashMap::default(), TARGET);
        assert_eq!(gas_of(&plan, &wishes, |wish| wish.keys.is_empty()), 2_000);
        assert_eq!(gas_of(&plan, &wishes, |wish| !wish.keys.is_empty()), 250);
    }

    #[test]
    fn many_hot_spots_together_have_a_bound_too() {
        let hot = (0..500).map(|sender| wish(sender, 9, &[u64::from(sender % 5)]));
        let others = (500..600).map(|sender| wish(sender, 1, &[]));
        let wishes: Vec<_> = hot.chain(others).collect();
        let plan = plan(&wishes, &HashMap::default(), TARGET);
        assert_eq!(gas_of(&plan, &wishes, |wish| !wish.keys.is_empty()), 500);
    }

    #[test]
    fn below_the_price_only_what_is_spare_is_to_be_had() {
        let hot = (0..500).map(|sender| wish(sender, 9, &[7]));
        let others = (500..590).map(|sender| wish(sender, 1, &[]));
        let wishes: Vec<_> = hot.chain(others).collect();
        let prices = HashMap::from_iter([(7, 10)]);
        let plan = plan(&wishes, &prices, TARGET);
        assert_eq!(gas_of(&plan, &wishes, |wish| !wish.keys.is_empty()), 100);
        assert_eq!(plan.pressure[&7].left, 0, "none of them bids the price");
    }

    #[test]
    fn what_is_larger_than_a_share_has_its_turn() {
        let huge = Wish {
            gas: 5 * TARGET,
            ..wish(0, 9, &[7])
        };
        let others = (1..300).map(|sender| wish(sender, 1, &[]));
        let wishes: Vec<_> = [huge].into_iter().chain(others).collect();
        let plan = plan(&wishes, &HashMap::default(), TARGET);
        assert_eq!(plan.chosen[0], 0);
    }

    fn any_wishes() -> impl Strategy<Value = Vec<Wish>> {
        let one = (
            0..30u16,
            0..20u128,
            1..200u64,
            proptest::collection::vec(0..6u64, 0..3),
        );
        let one = one.prop_map(|(sender, bid, gas, keys)| Wish {
            gas,
            ..wish(sender, bid, &keys)
        });
        proptest::collection::vec(one, 0..200)
    }

    proptest! {
        #[test]
        fn order_shares_and_progress_hold_for_any_demand(
            wishes in any_wishes(),
            prices in proptest::collection::vec(0..20u128, 6),
        ) {
            let prices: HashMap<u64, u128> = (0..).zip(prices).collect();
            let plan = plan(&wishes, &prices, TARGET);
            // A lane's order, without gaps.
            for lane in wishes.iter().map(|wish| wish.lane).collect::<HashSet<_>>() {
                let all: Vec<_> = (0..wishes.len()).filter(|at| wishes[*at].lane == lane).collect();
                let chosen = plan.chosen.iter().copied().filter(|at| wishes[*at].lane == lane);
                let chosen: Vec<_> = chosen.collect();
                prop_assert!(all.starts_with(&chosen));
            }
            let all: u64 = wishes.iter().map(|wish| wish.gas).sum();
            let taken = gas_of(&plan, &wishes, |_| true);
            // Never below the target while the head of a lane would have fitted.
            if taken < all {
                prop_assert!(!plan.chosen.is_empty());
                let mut seen: HashSet<Lane> = HashSet::default();
                let waiting = (0..wishes.len()).filter(|at| !plan.chosen.contains(at));
                for head in waiting.filter(|at| seen.insert(wishes[*at].lane)) {
                    prop_assert!(taken + wishes[head].gas > TARGET);
                }
            }
            // What is hot gets the block above its target by one transaction at most.
            let others = gas_of(&plan, &wishes, |wish| wish.keys.is_empty());
            let hot = taken - others;
            if all > TARGET && hot > 0 {
                let bound = (TARGET / HOT_SHARES).max(TARGET.saturating_sub(others));
                prop_assert!(hot <= bound + 200);
            }
        }
    }
}
