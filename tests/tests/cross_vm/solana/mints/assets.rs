//! A fungible asset that Move keeps, by its ERC-20 contract on Solana: three machines in one transfer.

use super::*;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::{
    faces::{Issued, number},
    moving::MoveUser,
};

/// An asset of 6 decimals with its contract and its mint, and who issues it.
struct Asset {
    shown: Shown,
    asset: MoveAddress,
    issuer: MoveUser,
}

impl Asset {
    /// Alice gets a thousand units.
    fn new(function: &str) -> Self {
        let issued = Issued::new(function);
        let (token, asset, faces) = (issued.token, issued.asset, issued.faces);
        let executor = solana::executor();
        let (mut memory, block) = (faces.scene.memory, solana::next_block(5));
        let genesis = BlockContext {
            timestamp: 0,
            number: 0,
            ..block.clone()
        };
        let writes = executor.solana_genesis(&memory, &genesis).unwrap().writes;
        memory.apply(&writes);
        solana::begin(&executor, &mut memory, &block);
        let alice = SolanaUser::new(1);
        fund(&mut memory, &alice.key(), 100 * SOL);
        let mut world = World {
            executor,
            block,
            memory,
            user: faces.evm,
            alice,
            calls_heard: 0,
        };
        let mint = create_mint(&mut world, token).unwrap();
        let key = world.alice.key();
        let shown = Shown {
            alice: associated(&key, &mint),
            world,
            token,
            mint,
        };
        let mut it = Self {
            shown,
            asset,
            issuer: faces.owner,
        };
        it.issue("mint", &key, number(1_000));
        let made = it.shown.make(&key);
        it.shown.succeed(&[made]);
        it
    }

    /// Something of `hazards::issued` with an account.
    fn issue(&mut self, function: &str, account: &Pubkey, argument: Vec<u8>) {
        let arguments = vec![self.asset.0.to_vec(), account.to_bytes().to_vec(), argument];
        let home = self.issuer.address;
        let sent = self
            .issuer
            .call_at(home, ("issued", function), vec![], arguments);
        let done = self.shown.world.keep(&sent);
        assert!(done.success, "{:?}", done.carried);
    }

    /// A `TransferChecked` with the asset's decimals.
    fn pays(&self, to: &Pubkey, amount: u64) -> Instruction {
        let mut pays = self.shown.pays(to, amount);
        pays.data[9] = 6;
        pays
    }
}

#[test]
fn a_fungible_asset_moves_on_solana_as_its_issuer_lets_it() {
    let mut it = Asset::new("create");
    assert_eq!(it.shown.world.memory.data(&it.shown.mint)[44], 6);
    let (alice, bob) = (
        it.shown.world.alice.key(),
        Pubkey::new_from_array([0xb0; 32]),
    );
    let to = associated(&bob, &it.shown.mint);
    let made = it.shown.make(&bob);
    let done = it.shown.succeed(&[made, it.pays(&to, 300)]);
    // Amounts are the asset's own.
    assert_eq!(it.shown.has_key(&bob), U256::from(300));
    assert_eq!(it.shown.has_key(&alice), U256::from(700));
    let moved = done.events.iter().filter(|event| match &event.origin {
        EventOrigin::Move(of) => &*of.type_tag == "0x1::fungible_asset::Deposit",
        EventOrigin::Evm | EventOrigin::Svm => false,
    });
    assert_eq!(moved.count(), 1);
    let (_, after) = Shown::told(&done);
    let mut after: Vec<u64> = after.iter().map(|(_, amount)| *amount).collect();
    after.sort_unstable();
    assert_eq!(after, [300, 700]);
    it.issue("freeze_store", &bob, vec![1]);
    let reason = it.shown.fail(&[it.pays(&to, 1)]);
    assert!(
        reason.contains("0x5") && reason.contains("frozen"),
        "{reason}"
    );
    it.issue("freeze_store", &bob, vec![0]);
    it.shown.succeed(&[it.pays(&to, 700)]);
    it.issue("burn", &bob, number(400));
    assert_eq!(it.shown.has_key(&bob), U256::from(600));
}

#[test]
fn an_asset_with_a_fee_does_not_move_on_solana() {
    let mut it = Asset::new("create_with_fee");
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let to = associated(&bob, &it.shown.mint);
    let made = it.shown.make(&bob);
    it.shown.succeed(&[made]);
    let reason = it.shown.fail(&[it.pays(&to, 500)]);
    assert!(reason.contains("0x5"), "{reason}");
    assert_eq!(it.shown.has_key(&bob), U256::ZERO);
}
