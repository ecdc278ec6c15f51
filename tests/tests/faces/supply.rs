//! X2, X3: whatever moves a token, in whichever machine, it has one supply and each holder one balance.

use alloy_primitives::{Address, U256};
use lumio_executor::Executed;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::{
    Faces, IERC20, ONE, Seen, address_of, burnCall, id, metadata_type, mintCall, number, seen,
    units,
};
use lumio_tests::moving::MoveUser;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Which of two tokens: one that an ERC-20 contract keeps, one that Move issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    Kept,
    Issued,
}

/// Holders, by number: an Ethereum account, two Move accounts, an address that nobody has, and the store
/// that the first Move account may have besides.
const HOLDERS: usize = 5;
const STORE: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    /// The Ethereum account sends.
    Evm(Token, usize, Amount),
    /// A Move account sends, at once or in halves.
    Move(Token, usize, usize, Amount, bool),
    /// A Move account sends, and fails.
    Fail(Token, usize, usize, Amount),
    /// The first Move account puts something into a store of its own, and takes all of it back.
    Keep(Token, Amount),
    TakeBack,
    Mint(Token, usize, Amount),
    /// The Ethereum account's; of the issued one anybody's.
    Burn(Token, usize, Amount),
}

/// In the contract's units; of the token with 18 decimals, whole ones of Move's and a remainder.
#[derive(Clone, Copy, Debug)]
struct Amount(u64, u64);

impl Amount {
    fn of(self, token: Token) -> U256 {
        match token {
            Token::Kept => units(self.0) + U256::from(self.1),
            Token::Issued => U256::from(self.0),
        }
    }
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![Just(Token::Kept), Just(Token::Issued)]
}

fn amount() -> impl Strategy<Value = Amount> {
    let whole = prop_oneof![Just(0_u64), 1..1_000_u64, 1..2_000_000_u64];
    (whole, prop_oneof![Just(0_u64), 0..10_000_000_000_u64]).prop_map(|(a, b)| Amount(a, b))
}

fn step() -> impl Strategy<Value = Step> {
    let (mover, place) = (1..3_usize, 0..4_usize);
    prop_oneof![
        3 => (token(), place.clone(), amount()).prop_map(|(t, to, a)| Step::Evm(t, to, a)),
        4 => (token(), mover.clone(), place.clone(), amount(), any::<bool>())
            .prop_map(|(t, from, to, a, halves)| Step::Move(t, from, to, a, halves)),
        1 => (token(), mover, place.clone(), amount()).prop_map(|(t, from, to, a)| Step::Fail(t, from, to, a)),
        1 => (token(), amount()).prop_map(|(t, a)| Step::Keep(t, a)),
        1 => Just(Step::TakeBack),
        2 => (token(), place.clone(), amount()).prop_map(|(t, to, a)| Step::Mint(t, to, a)),
        1 => (token(), place, amount()).prop_map(|(t, from, a)| Step::Burn(t, from, a)),
    ]
}

struct World {
    faces: Faces,
    contracts: BTreeMap<Token, (Address, MoveAddress)>,
    movers: [MoveUser; 2],
    /// Where the first Move account keeps something.
    store: Option<(Token, MoveAddress)>,
    /// Who has how much.
    model: BTreeMap<(Token, usize), U256>,
    /// What the logs say that somebody has.
    logged: BTreeMap<(Token, Address), U256>,
    /// What the events say that is in a store.
    told: BTreeMap<MoveAddress, i128>,
    movements: i128,
}

impl World {
    fn new() -> Self {
        let mut faces = Faces::new();
        let kept = faces.odd_token(18, ONE);
        let asset = {
            assert!(faces.create_asset(kept).success);
            faces.asset_of(kept).unwrap()
        };
        let issued = faces.issue("create");
        let contract = faces.create_erc20(issued);
        let movers = [faces.user(2), faces.user(3)];
        let evm = faces.evm.address();
        let store = faces.store(id(evm), asset);
        let mut it = Self {
            contracts: [
                (Token::Kept, (kept, asset)),
                (Token::Issued, (contract, issued)),
            ]
            .into(),
            movers,
            store: None,
            model: [((Token::Kept, 0), ONE)].into(),
            logged: [((Token::Kept, evm), ONE)].into(),
            told: [(store, i128::try_from(ONE / units(1)).unwrap())].into(),
            movements: 0,
            faces,
        };
        // Nobody withdraws from a store that is not there, not even nothing.
        for holder in 0..STORE {
            let step = Step::Mint(Token::Issued, holder, Amount(1, 0));
            let (done, _) = it.step(&step).unwrap();
            it.read(&done);
        }
        it
    }

    fn holder(&self, holder: usize) -> MoveAddress {
        match holder {
            0 => id(self.faces.evm.address()),
            1 | 2 => self.movers[holder - 1].address,
            3 => id(Address::repeat_byte(0xb0)),
            _ => self.store.unwrap().1,
        }
    }

    fn has(&mut self, token: Token, holder: usize) -> &mut U256 {
        self.model.entry((token, holder)).or_default()
    }

    fn move_in_model(&mut self, token: Token, from: usize, to: usize, amount: U256) -> bool {
        if *self.has(token, from) < amount {
            return false;
        }
        *self.has(token, from) -= amount;
        *self.has(token, to) += amount;
        true
    }

    /// Runs a step. Returns what came of it, and whether it had to succeed.
    fn step(&mut self, step: &Step) -> Option<(Executed, bool)> {
        Some(match *step {
            Step::Evm(token, to, amount) => {
                let amount = amount.of(token);
                let address = address_of(self.holder(to));
                let call = IERC20::transferCall {
                    to: address,
                    amount,
                };
                let done = self.faces.call(self.contracts[&token].0, call);
                (done, self.move_in_model(token, 0, to, amount))
            }
            Step::Move(token, from, to, amount, halves) => {
                let function = if halves { "move_in_halves" } else { "transfer" };
                let done = self.mover(token, from, to, amount.0, function);
                let amount = Amount(amount.0, 0).of(token);
                (done, self.move_in_model(token, from, to, amount))
            }
            Step::Fail(token, from, to, amount) => (
                self.mover(token, from, to, amount.0, "move_and_fail"),
                false,
            ),
            Step::Keep(token, amount) => {
                if self.store.is_some() {
                    return None;
                }
                let asset = self.contracts[&token].1;
                let arguments = vec![asset.0.to_vec(), number(amount.0)];
                let done =
                    self.faces
                        .moving(&mut self.movers[0], ("issued", "keep"), vec![], arguments);
                let amount = Amount(amount.0, 0).of(token);
                let expected = *self.has(token, 1) >= amount;
                if expected {
                    let owner = self.movers[0].address.0.to_vec();
                    let store = self.faces.view(("issued", "kept"), &[], &[owner]).unwrap();
                    self.store = Some((token, MoveAddress(store.try_into().unwrap())));
                    self.move_in_model(token, 1, STORE, amount);
                }
                (done, expected)
            }
            Step::TakeBack => {
                let (token, store) = self.store?;
                let done =
                    self.faces
                        .moving(&mut self.movers[0], ("issued", "take_back"), vec![], vec![]);
                let all = *self.has(token, STORE);
                self.move_in_model(token, STORE, 1, all);
                self.store = None;
                assert_eq!(
                    self.faces
                        .balance_of(self.contracts[&token].0, address_of(store)),
                    U256::ZERO
                );
                (done, true)
            }
            Step::Mint(token, to, amount) => {
                let (contract, asset) = self.contracts[&token];
                let account = self.holder(to);
                let done = match token {
                    Token::Kept => {
                        let (to, amount) = (address_of(account), amount.of(token));
                        self.faces.call(contract, mintCall { to, amount })
                    }
                    Token::Issued => {
                        let arguments =
                            vec![asset.0.to_vec(), account.0.to_vec(), number(amount.0)];
                        self.faces.owned("mint", arguments)
                    }
                };
                *self.has(token, to) += amount.of(token);
                (done, true)
            }
            Step::Burn(token, from, amount) => {
                let (contract, asset) = self.contracts[&token];
                let (from, done) = match token {
                    Token::Kept => {
                        let amount = amount.of(token);
                        (0, self.faces.call(contract, burnCall { amount }))
                    }
                    Token::Issued => {
                        let account = self.holder(from);
                        let arguments =
                            vec![asset.0.to_vec(), account.0.to_vec(), number(amount.0)];
                        (from, self.faces.owned("burn", arguments))
                    }
                };
                let amount = amount.of(token);
                let left = self.has(token, from).checked_sub(amount);
                if let Some(left) = left {
                    *self.has(token, from) = left;
                }
                // Of nothing, the store must be there all the same.
                let expected =
                    left.is_some() && (token == Token::Kept || !amount.is_zero() || done.success);
                (done, expected)
            }
        })
    }

    fn mover(
        &mut self,
        token: Token,
        from: usize,
        to: usize,
        amount: u64,
        function: &str,
    ) -> Executed {
        let asset = self.contracts[&token].1;
        let to = self.holder(to);
        let user = &mut self.movers[from - 1];
        if function == "transfer" {
            return self.faces.transfer(user, asset, to, amount);
        }
        let arguments = vec![asset.0.to_vec(), to.0.to_vec(), number(amount)];
        self.faces
            .moving(user, ("issued", function), vec![], arguments)
    }

    /// Adds up what a transaction has announced.
    fn read(&mut self, done: &Executed) {
        for event in &done.events {
            let token = self
                .contracts
                .iter()
                .find(|(_, it)| it.0 == event.log.address);
            let token = token.map(|(token, _)| *token);
            let one = Executed {
                events: vec![event.clone()],
                ..done.clone()
            };
            self.movements += 1;
            match seen(&one).first() {
                Some(Seen::Transfer(from, to, amount)) => {
                    let token = token.unwrap();
                    if !from.is_zero() {
                        let logged = self.logged.entry((token, *from)).or_default();
                        *logged = logged.checked_sub(*amount).expect("more than it had");
                    }
                    if !to.is_zero() {
                        *self.logged.entry((token, *to)).or_default() += amount;
                    }
                }
                Some(Seen::Withdraw(store, amount)) => {
                    *self.told.entry(*store).or_default() -= i128::from(*amount);
                }
                Some(Seen::Deposit(store, amount)) => {
                    *self.told.entry(*store).or_default() += i128::from(*amount);
                }
                None => {}
            }
        }
    }

    fn check(&mut self) {
        for token in [Token::Kept, Token::Issued] {
            let (contract, asset) = self.contracts[&token];
            let unit = if token == Token::Kept {
                units(1)
            } else {
                U256::ONE
            };
            let mut supply = U256::ZERO;
            for holder in 0..HOLDERS {
                let is_there = holder != STORE || self.store.is_some_and(|(of, _)| of == token);
                if !is_there {
                    continue;
                }
                let expected = *self.has(token, holder);
                let account = self.holder(holder);
                let address = address_of(account);
                assert_eq!(
                    self.faces.balance_of(contract, address),
                    expected,
                    "{token:?} {holder}"
                );
                let logged = self.logged.get(&(token, address)).copied();
                assert_eq!(logged.unwrap_or_default(), expected, "{token:?} {holder}");
                let shown = u64::try_from(expected / unit).unwrap();
                let (store, balance) = match holder {
                    STORE => {
                        let store: lumio_move_engine::TypeTag =
                            "0x1::fungible_asset::FungibleStore".parse().unwrap();
                        let of = self.faces.view(
                            ("fungible_asset", "balance"),
                            &[store],
                            &[account.0.to_vec()],
                        );
                        (account, u64::from_le_bytes(of.unwrap().try_into().unwrap()))
                    }
                    _ => (
                        self.faces.store(account, asset),
                        self.faces.balance(account, asset),
                    ),
                };
                assert_eq!(balance, shown, "{token:?} {holder}");
                // Each movement of a remainder is rounded down.
                let told = self.told.get(&store).copied().unwrap_or_default();
                let slack = if token == Token::Kept {
                    self.movements
                } else {
                    0
                };
                assert!(
                    (told - i128::from(shown)).abs() <= slack,
                    "{token:?} {holder}: {told} {shown}"
                );
                supply += expected;
            }
            assert_eq!(self.faces.ask(contract, IERC20::totalSupplyCall {}), supply);
            let arguments = [asset.0.to_vec()];
            let told =
                self.faces
                    .view(("fungible_asset", "supply"), &[metadata_type()], &arguments);
            let shown = u128::try_from(supply / unit).unwrap();
            assert_eq!(
                told.unwrap(),
                [vec![1], shown.to_le_bytes().to_vec()].concat()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn one_supply_whatever_moves_it(steps in prop::collection::vec(step(), 1..30)) {
        let mut world = World::new();
        for step in &steps {
            let Some((done, expected)) = world.step(step) else {
                continue;
            };
            prop_assert_eq!(done.success, expected, "{:?}: {:?} {:?}", step, done.carried, done.output);
            if !done.success {
                prop_assert!(seen(&done).is_empty());
            }
            world.read(&done);
            world.check();
        }
    }
}
