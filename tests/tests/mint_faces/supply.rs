//! X2, X3: whatever moves a mint's tokens, in whichever machine, there is one supply, each holder has one
//! balance, and the logs add up to it.

use super::world::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Holders, by number: the users of Solana, the EVM and Move, an address that nobody has, and a second token
/// account of Solana's user.
const HOLDERS: usize = 5;
const ALICE: usize = 0;
const USER: usize = 1;
const MOVER: usize = 2;
const SIDE: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Solana's user sends, from either account, to somebody's token account.
    Solana(bool, usize, u64),
    /// The same, and the transaction fails.
    Fail(usize, u64),
    Evm(usize, u64),
    Move(usize, u64),
    Mint(usize, u64),
    Burn(u64),
    /// Makes a holder's token account, by the contract or by Solana's program.
    Open(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![Just(0_u64), 1..1_000_u64, 1..1_500_000_u64];
    let holder = || 0..HOLDERS;
    prop_oneof![
        3 => (any::<bool>(), holder(), amount()).prop_map(|(side, to, n)| Step::Solana(side, to, n)),
        1 => (holder(), amount()).prop_map(|(to, n)| Step::Fail(to, n)),
        3 => (holder(), amount()).prop_map(|(to, n)| Step::Evm(to, n)),
        3 => (holder(), amount()).prop_map(|(to, n)| Step::Move(to, n)),
        1 => (holder(), amount()).prop_map(|(to, n)| Step::Mint(to, n)),
        1 => amount().prop_map(Step::Burn),
        1 => (0..SIDE, any::<bool>()).prop_map(|(of, by)| Step::Open(of, by)),
    ]
}

/// What a holder has: in a token account, if he has one, and in the pool.
#[derive(Clone, Copy, Debug, Default)]
struct Has {
    account: Option<u64>,
    kept: u64,
}

struct Model {
    it: Shown,
    side: Pubkey,
    has: [Has; HOLDERS],
    /// What the logs say that somebody has.
    logged: BTreeMap<Address, U256>,
    /// What the events say that is in a store of Move's.
    told: BTreeMap<[u8; 32], i128>,
}

impl Model {
    fn new(program: Pubkey) -> Self {
        let mut it = Shown::of(program, &[]);
        let side = Pubkey::new_from_array([0x51; 32]);
        let key = it.world.alice.key();
        it.world.put_account(&side, it.mint, &key);
        let mut has = [Has::default(); HOLDERS];
        has[ALICE].account = Some(1_000_000);
        has[SIDE].account = Some(0);
        // Issued before the contract was there.
        let logged = [(it.alice().evm_address(), U256::from(1_000_000))].into();
        let mut model = Self {
            it,
            side,
            has,
            logged,
            told: BTreeMap::new(),
        };
        let store = model.store(ALICE);
        model.told.insert(store, 1_000_000);
        for step in [
            Step::Open(USER, true),
            // So that the EVM knows whose address that is.
            Step::Solana(false, SIDE, 1_000),
            Step::Solana(false, USER, 300_000),
            Step::Evm(MOVER, 100_000),
        ] {
            model.run(step);
        }
        model
    }

    fn id(&self, holder: usize) -> AccountId {
        match holder {
            ALICE => self.it.alice(),
            USER => self.it.world.user_id(),
            MOVER => self.it.mover(),
            SIDE => id_of(&self.side),
            _ => AccountId::from_evm(BOB),
        }
    }

    fn key(&self, holder: usize) -> Pubkey {
        Pubkey::new_from_array(self.id(holder).0.0)
    }

    fn token_account(&self, holder: usize) -> Pubkey {
        match holder {
            SIDE => self.side,
            _ => self.it.mint.of(&self.key(holder)),
        }
    }

    fn store(&self, holder: usize) -> [u8; 32] {
        let id = lumio_move_engine::Address(self.id(holder).0.0);
        lumio_move_transaction::object_address_from_object(id, self.it.asset).0
    }

    /// A transfer of the contract: what is kept goes first, and goes into an account if there is one.
    /// Nothing goes into an account that is not its owner's associated one.
    fn pays(&mut self, from: usize, to: usize, amount: u64) -> bool {
        let giver = self.has[from];
        let all = giver.kept + giver.account.unwrap_or_default();
        if all < amount {
            return false;
        }
        if from == to {
            return true;
        }
        let kept = giver.kept.min(amount);
        self.has[from].kept -= kept;
        if let Some(account) = &mut self.has[from].account {
            *account -= amount - kept;
        }
        match &mut self.has[to] {
            Has {
                account: Some(account),
                ..
            } if to != SIDE => *account += amount,
            has => has.kept += amount,
        }
        true
    }

    /// Runs a step, and says whether it succeeded and had to.
    fn step(&mut self, step: Step) -> (Executed, bool) {
        let (mint, alice) = (self.it.mint, self.it.world.alice.key());
        match step {
            Step::Solana(side, to, amount) => {
                let from = if side { SIDE } else { ALICE };
                let (source, target) = (self.token_account(from), self.token_account(to));
                let done = self
                    .it
                    .world
                    .send(&[mint.transfer_checked(&source, &target, &alice, amount)]);
                let has = self.has[from].account.unwrap();
                let goes = has >= amount && self.has[to].account.is_some();
                if goes && from != to {
                    self.has[from].account = Some(has - amount);
                    *self.has[to].account.as_mut().unwrap() += amount;
                }
                (done, goes)
            }
            Step::Fail(to, amount) => {
                let (source, target) = (self.token_account(ALICE), self.token_account(to));
                let done = self.it.world.send(&[
                    mint.transfer(&source, &target, &alice, amount),
                    mint.transfer(&source, &target, &alice, u64::MAX),
                ]);
                (done, false)
            }
            Step::Evm(to, amount) => {
                let address = self.id(to).evm_address();
                (
                    self.it.transfer(address, amount),
                    self.pays(USER, to, amount),
                )
            }
            Step::Move(to, amount) => {
                let id = self.id(to);
                (self.it.moves(id, amount), self.pays(MOVER, to, amount))
            }
            Step::Mint(to, amount) => {
                let target = self.token_account(to);
                let done = self.it.world.send(&[mint.mint_to(&target, &alice, amount)]);
                if let Some(account) = &mut self.has[to].account {
                    *account += amount;
                }
                (done, self.has[to].account.is_some())
            }
            Step::Burn(amount) => {
                let source = self.token_account(ALICE);
                let done = self.it.world.send(&[mint.burn(&source, &alice, amount)]);
                let left = self.has[ALICE].account.unwrap().checked_sub(amount);
                if left.is_some() {
                    self.has[ALICE].account = left;
                }
                (done, left.is_some())
            }
            Step::Open(holder, by_contract) => {
                let of = &mut self.has[holder];
                let account = of.account.get_or_insert(0);
                if !by_contract {
                    let key = self.key(holder);
                    return (self.it.world.send(&[mint.open(&alice, &key)]), true);
                }
                *account += std::mem::take(&mut of.kept);
                let holder = self.id(holder).evm_address();
                let input = IMints::openCall { holder }.abi_encode();
                let erc20 = self.it.erc20;
                (self.it.world.pay(erc20, ENOUGH, input), true)
            }
        }
    }

    fn run(&mut self, step: Step) {
        let (done, expected) = self.step(step);
        let why = done
            .carried
            .as_ref()
            .map_or_else(|| reason_of(&done.output), |carried| format!("{carried:?}"));
        assert_eq!(done.success, expected, "{step:?}: {why}");
        for event in seen(&done) {
            match event {
                Seen::Transfer(from, to, amount) => {
                    if !from.is_zero() {
                        let logged = self.logged.entry(from).or_default();
                        *logged = logged.checked_sub(amount).expect("more than it had");
                    }
                    if !to.is_zero() {
                        *self.logged.entry(to).or_default() += amount;
                    }
                }
                Seen::Withdraw(store, amount) => {
                    *self.told.entry(store.0).or_default() -= i128::from(amount);
                }
                Seen::Deposit(store, amount) => {
                    *self.told.entry(store.0).or_default() += i128::from(amount);
                }
            }
        }
        self.check();
    }

    fn check(&mut self) {
        let (mut supply, mut kept) = (0, 0);
        for holder in 0..HOLDERS {
            let has = self.has[holder];
            let (id, expected) = (self.id(holder), has.account.unwrap_or_default() + has.kept);
            assert_eq!(self.it.balance(id), expected, "{holder}");
            let logged = self.logged.get(&id.evm_address()).copied();
            let logged = logged.unwrap_or_default();
            assert_eq!(logged, U256::from(expected), "{holder}");
            let told = self.told.get(&self.store(holder)).copied();
            assert_eq!(told.unwrap_or_default(), i128::from(expected), "{holder}");
            let account = tokens(&self.it.world.memory, &self.token_account(holder));
            assert_eq!(account, has.account, "{holder}");
            supply += expected;
            kept += has.kept;
        }
        let (erc20, world) = (self.it.erc20, &mut self.it.world);
        let total = world.ask(erc20, IERC20::totalSupplyCall {});
        assert_eq!(total, U256::from(supply));
        let pool = self.it.mint.of(&evm_key(erc20));
        assert_eq!(tokens(&world.memory, &pool), Some(kept));
        let noted = world.ask(erc20, IMints::totalKeptCall {});
        assert_eq!(noted, U256::from(kept));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn one_supply_whatever_moves_it(is_new in any::<bool>(), steps in prop::collection::vec(step(), 1..30)) {
        let mut model = Model::new(if is_new { TOKEN_2022 } else { TOKEN });
        for step in steps {
            model.run(step);
        }
    }
}
