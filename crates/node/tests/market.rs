//! Local prices without a node: what counts as contended in each machine, that an attack fills no
//! memory, and that a full pool keeps room for everybody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, TxEip1559, TxLegacy};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256, keccak256};
use lumio_move_engine::{Address as MoveAddress, ModuleId};
use lumio_move_transaction::{
    Bcs as _, Ed25519PublicKey, Ed25519Signature, EntryFunction, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload,
};
use lumio_node::{
    AccountId, Accounts, AdmissionRules, Choice, HotResource, Included, Market, Pool, PoolError,
    PoolLimits, SenderAccount, contended,
};
use lumio_state::{StateKey, WriteSet};
use lumio_types::{
    CARRIER, Carried, Envelope, MoveTransaction, SolanaTransaction, Transaction, wei_of_octas,
};
use solana_message::{
    Message, MessageHeader, VersionedMessage, compiled_instruction::CompiledInstruction,
};
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use std::sync::Arc;

const GWEI: u128 = 1_000_000_000;
const CHAIN_ID: u64 = 58_646;
/// Its target is 2,000,000, a share of that 500,000.
const GAS_LIMIT: u64 = 4_000_000;
const GAS: u64 = 50_000;

fn sender(index: u64) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}

fn contract() -> Address {
    Address::repeat_byte(0x11)
}

/// A call with one argument.
fn call(from: u64, argument: Address, tip: u128) -> Arc<Transaction> {
    let input = [b"mint".as_slice(), argument.into_word().as_slice()].concat();
    let unsigned = TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: GAS,
        max_fee_per_gas: 1_000 * GWEI,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(contract()),
        // The hash must tell senders apart.
        value: U256::from(from),
        input: Bytes::from(input),
        ..TxEip1559::default()
    };
    let signed = unsigned.into_signed(Signature::test_signature());
    Arc::new(Transaction::trusted(
        Envelope::Eip1559(signed),
        sender(from),
    ))
}

/// A call that names nobody but its sender.
fn mint(from: u64, tip: u128) -> Arc<Transaction> {
    call(from, sender(from), tip)
}

struct Rich;

impl Accounts for Rich {
    fn account(&self, _: Address) -> Result<SenderAccount, PoolError> {
        Ok(SenderAccount {
            nonce: 0,
            balance: U256::from(10).pow(U256::from(24)),
        })
    }

    fn move_account(&self, _: AccountId) -> Result<SenderAccount, PoolError> {
        self.account(Address::ZERO)
    }
}

fn pool(limits: PoolLimits) -> Pool {
    let rules = AdmissionRules {
        chain_id: CHAIN_ID,
        block_gas_limit: GAS_LIMIT,
        gas_cap: true,
        min_gas_price: 0,
        base_fee: 0,
    };
    Pool::new(limits, rules, None)
}

fn writes(keys: &[StateKey]) -> WriteSet {
    keys.iter().map(|key| (key.clone(), None)).collect()
}

/// Has a market learn a block in which each transaction wrote these keys.
fn learn(market: &Market, choice: &Choice, block: &[(Arc<Transaction>, Vec<StateKey>)], gas: u64) {
    let keys = block
        .iter()
        .map(|(it, keys)| contended(it, writes(keys).keys()));
    let keys: Vec<Vec<u64>> = keys.collect();
    let ran = block
        .iter()
        .zip(&keys)
        .map(|((transaction, _), keys)| Included {
            transaction,
            gas,
            keys,
        });
    let ran: Vec<_> = ran.collect();
    let all = block.iter().flat_map(|(_, keys)| keys.clone());
    market.learn(choice, &ran, &writes(&all.collect::<Vec<_>>()), GAS_LIMIT);
}

fn counter() -> StateKey {
    StateKey::EvmStorage(contract(), U256::ZERO)
}

/// A market in which the counter is hot, by the calls of these senders.
fn heated(block: &[Arc<Transaction>]) -> Market {
    let market = Market::new(true);
    let block = block.iter().map(|it| (Arc::clone(it), vec![counter()]));
    let block: Vec<_> = block.collect();
    learn(&market, &Choice::default(), &block, GAS);
    market
}

fn keys_of(resources: &[HotResource]) -> Vec<StateKey> {
    resources.iter().map(|it| it.key.clone()).collect()
}

#[test]
fn only_what_others_want_is_contended_for() {
    let transaction = mint(0, GWEI);
    let own = AccountId::from_evm(sender(0));
    let tag = Bytes::from_static(b"tag");
    let counted = [
        counter(),
        StateKey::EvmAccount(sender(1)),
        StateKey::MoveResource(AccountId::from_evm(sender(1)), tag.clone()),
        StateKey::MoveModule(own, tag.clone()),
        StateKey::MoveTableItem(keccak256("table"), tag.clone()),
        StateKey::SvmAccount(AccountId::from_evm(sender(1))),
    ];
    for key in counted {
        let contends = contended(&transaction, writes(std::slice::from_ref(&key)).keys());
        assert_eq!(contends.len(), 1, "{key:?}");
    }
    let not_counted = [
        // Whoever gets the fees, or is paid by thousands.
        StateKey::Balance(sender(1)),
        StateKey::Balance(sender(0)),
        StateKey::EvmAccount(sender(0)),
        StateKey::MoveResource(own, tag.clone()),
        StateKey::SvmAccount(own),
        StateKey::EvmCode(keccak256("code")),
        StateKey::Link(sender(2)),
        StateKey::SvmMessage(keccak256("message")),
        StateKey::System(tag),
    ];
    assert!(contended(&transaction, writes(&not_counted).keys()).is_empty());
}

#[test]
fn one_sender_or_little_gas_is_no_hot_spot() {
    let lone: Vec<_> = (0..40).map(|_| mint(0, GWEI)).collect();
    assert!(heated(&lone).resources().is_empty());
    let few: Vec<_> = (0..9).map(|from| mint(from, GWEI)).collect();
    assert!(heated(&few).resources().is_empty());
    let many: Vec<_> = (0..10).map(|from| mint(from, GWEI)).collect();
    assert_eq!(keys_of(&heated(&many).resources()), [counter()]);
}

#[test]
fn a_price_is_for_those_who_write_what_is_hot() {
    let market = heated(&(0..20).map(|from| mint(from, GWEI)).collect::<Vec<_>>());
    let pool = pool(PoolLimits::default());
    for from in 100..200 {
        pool.add(mint(from, 8 * GWEI), &Rich).unwrap();
    }
    let choice = market.choose(&pool, 0, GAS_LIMIT);
    assert_eq!(choice.candidates.len(), 40, "the target's worth");
    let block = choice.candidates.iter();
    let block: Vec<_> = block.map(|it| (Arc::clone(it), vec![counter()])).collect();
    learn(&market, &choice, &block, GAS);
    assert_eq!(market.price_of(&mint(7, 0)), GWEI);
    assert_eq!(market.price_of_keys(&[counter()]), GWEI);
    let other = StateKey::EvmStorage(contract(), U256::ONE);
    assert_eq!(market.price_of_keys(&[other]), 0);
    market.forget();
    assert_eq!(market.price_of(&mint(7, 0)), 0);
}

#[test]
fn who_is_paid_by_all_is_hot_and_others_who_are_paid_are_not() {
    // A token: the balance of whoever gets it is a slot.
    let slot = |of: Address| StateKey::EvmStorage(contract(), of.into_word().into());
    let (shop, friend) = (Address::repeat_byte(0xaa), Address::repeat_byte(0xbb));
    let market = Market::new(true);
    let paid = |from: u64, to: Address| {
        let keys = vec![slot(sender(from)), slot(to)];
        (call(from, to, GWEI), keys)
    };
    let to_shop = (0..20).map(|from| paid(from, shop));
    let to_friends = (20..24).map(|from| paid(from, friend));
    let block: Vec<_> = to_shop.chain(to_friends).collect();
    learn(&market, &Choice::default(), &block, GAS);
    assert_eq!(keys_of(&market.resources()), [slot(shop)]);

    let pool = pool(PoolLimits::default());
    for from in 100..200 {
        pool.add(call(from, shop, 9 * GWEI), &Rich).unwrap();
    }
    for from in 200..240 {
        pool.add(call(from, friend, 1), &Rich).unwrap();
    }
    let choice = market.choose(&pool, 0, GAS_LIMIT);
    let to_friend = |it: &&Arc<Transaction>| it.sender() == sender(200);
    assert_eq!(choice.candidates.iter().filter(to_friend).count(), 1);
    assert_eq!(choice.candidates.len(), 50, "40 of others, and a share");
}

#[test]
fn millions_of_keys_take_a_bounded_place() {
    let market = Market::new(true);
    let key = |number: u64| StateKey::EvmStorage(contract(), U256::from(number));
    for round in 0..40_u64 {
        // Two senders, who write ten thousand new keys with all of a block's gas.
        let keys: Vec<_> = (0..10_000)
            .map(|place| key(round * 10_000 + place))
            .collect();
        let block = [
            (mint(2 * round, GWEI), keys.clone()),
            (mint(2 * round + 1, GWEI), keys),
        ];
        learn(&market, &Choice::default(), &block, GAS_LIMIT / 2);
        assert!(market.resources().len() <= 1_024);
    }
    // Once it is over, nothing of it stays.
    for _ in 0..32 {
        learn(&market, &Choice::default(), &[], 0);
    }
    assert!(market.resources().is_empty());
}

#[test]
fn what_is_dear_is_remembered_when_an_attack_makes_others_hot() {
    let market = heated(&(0..20).map(|from| mint(from, GWEI)).collect::<Vec<_>>());
    let pool = pool(PoolLimits::default());
    for from in 100..200 {
        pool.add(mint(from, 8 * GWEI), &Rich).unwrap();
    }
    let choice = market.choose(&pool, 0, GAS_LIMIT);
    learn(&market, &choice, &[(mint(7, GWEI), vec![counter()])], GAS);
    assert!(market.price_of_keys(&[counter()]) > 0);
    // Far more gas, but nobody bids for it.
    let keys: Vec<_> = (1..5_000)
        .map(|place| StateKey::EvmStorage(contract(), U256::from(place)))
        .collect();
    let block = [(mint(500, 1), keys.clone()), (mint(501, 1), keys)];
    for _ in 0..4 {
        learn(&market, &Choice::default(), &block, GAS_LIMIT / 2);
    }
    let resources = market.resources();
    assert_eq!(resources.len(), 1_024);
    assert_eq!(resources[0].key, counter());
}

#[test]
fn a_full_pool_keeps_those_who_bid_for_nothing_hot() {
    let market = Arc::new(heated(
        &(0..20).map(|from| mint(from, GWEI)).collect::<Vec<_>>(),
    ));
    let limits = PoolLimits {
        transactions: 100,
        ..PoolLimits::default()
    };
    let pool = pool(limits).with_market(Arc::clone(&market));
    for from in 100..200 {
        pool.add(mint(from, 8 * GWEI), &Rich).unwrap();
    }
    for _ in 0..8 {
        let choice = market.choose(&pool, 0, GAS_LIMIT);
        let block = choice.candidates.iter();
        let block: Vec<_> = block.map(|it| (Arc::clone(it), vec![counter()])).collect();
        learn(&market, &choice, &block, GAS);
    }
    assert_eq!(market.price_of(&mint(7, 0)), 8 * GWEI);
    pool.remove_all(None);
    let payment = call(300, Address::repeat_byte(0xcc), GWEI);
    let payment = Transaction::trusted(payment.envelope().clone(), sender(300));
    let payment = Arc::new(plain(&payment));
    pool.add(Arc::clone(&payment), &Rich).unwrap();
    for from in 400..600 {
        // Some are refused: there is no more room for their like.
        let _ = pool.add(mint(from, 8 * GWEI), &Rich);
    }
    assert!(pool.get(payment.hash()).is_some());
    assert_eq!(pool.size().0, 100);
}

/// A payment by the sender of another transaction.
fn plain(of: &Transaction) -> Transaction {
    let unsigned = TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 21_000,
        max_fee_per_gas: 1_000 * GWEI,
        max_priority_fee_per_gas: GWEI,
        to: TxKind::Call(Address::repeat_byte(0xcc)),
        ..TxEip1559::default()
    };
    let signed = unsigned.into_signed(Signature::test_signature());
    Transaction::trusted(Envelope::Eip1559(signed), of.sender())
}

fn carried(inner: Carried) -> Transaction {
    let unsigned = TxLegacy {
        gas_limit: GAS_LIMIT,
        input: Bytes::copy_from_slice(inner.hash().as_slice()),
        ..TxLegacy::default()
    };
    let envelope = Envelope::Legacy(unsigned.into_signed(Signature::test_signature()));
    Transaction::carrier(envelope, CARRIER, inner)
}

/// A Solana transaction that locks two accounts for writing and one for reading.
fn solana(payer: u8, written: [u8; 2], read: u8) -> Arc<Transaction> {
    let key = |number: u8| Pubkey::new_from_array([number; 32]);
    let message = Message {
        header: MessageHeader {
            num_required_signatures: 1,
            num_readonly_signed_accounts: 0,
            num_readonly_unsigned_accounts: 2,
        },
        account_keys: vec![
            key(payer),
            key(written[0]),
            key(written[1]),
            key(read),
            key(250),
        ],
        instructions: vec![CompiledInstruction {
            program_id_index: 4,
            accounts: vec![0, 1, 2, 3],
            data: vec![payer],
        }],
        ..Message::default()
    };
    let transaction = VersionedTransaction {
        signatures: vec![[payer; 64].into()],
        message: VersionedMessage::Legacy(message),
    };
    let wire = bincode::serialize(&transaction).unwrap();
    let inner = SolanaTransaction::trusted(&wire).unwrap();
    Arc::new(carried(Carried::Solana(Arc::new(inner))))
}

#[test]
fn solana_accounts_are_what_is_declared_writable() {
    let account = |number: u8| StateKey::SvmAccount(AccountId([number; 32].into()));
    let market = Market::new(true);
    let block = (0..20).map(|payer| (solana(payer, [100, 101], 102), vec![account(100)]));
    let block: Vec<_> = block.collect();
    learn(&market, &Choice::default(), &block, GAS);
    // What was locked and not written nobody has to wait for.
    assert_eq!(keys_of(&market.resources()), [account(100)]);

    let pool = pool(PoolLimits::default());
    for payer in 0..90 {
        let hot = solana(payer, [100, 110], 102);
        pool.add(hot, &Rich).unwrap();
    }
    for payer in 0..40 {
        // Named only for reading, and not at all.
        let read = solana(payer + 150, [120, 121], 100);
        pool.add(read, &Rich).unwrap();
    }
    let choice = market.choose(&pool, 0, GAS_LIMIT);
    let payer = |it: &Arc<Transaction>| it.carried().unwrap().sender().0[0];
    let others = choice.candidates.iter().filter(|it| payer(it) >= 150);
    assert_eq!(others.count(), 40);
    let hot = choice.candidates.len() - 40;
    assert_eq!(hot, 10, "a share, by the gas that such transactions use");
}

/// A Move call that names an address.
fn moving(from: u8, named: MoveAddress, price: u64) -> Arc<Transaction> {
    let raw = RawTransaction {
        sender: MoveAddress([from; 32]),
        sequence_number: 0,
        payload: TransactionPayload::EntryFunction(EntryFunction {
            module: ModuleId::new(MoveAddress([0x77; 32]), "drop"),
            function: "mint".into(),
            type_arguments: Vec::new(),
            arguments: vec![named.0.to_vec()],
        }),
        max_gas_amount: 20_000,
        gas_unit_price: price,
        expiration_timestamp_secs: u64::MAX,
        chain_id: 4,
    };
    let signed = SignedTransaction {
        raw,
        authenticator: TransactionAuthenticator::Ed25519 {
            key: Ed25519PublicKey([from; 32]),
            signature: Ed25519Signature([0; 64]),
        },
    };
    let inner = MoveTransaction::trusted(&signed.to_bytes()).unwrap();
    Arc::new(carried(Carried::Move(Arc::new(inner))))
}

#[test]
fn move_collections_have_prices_by_the_objects_that_calls_name() {
    let (hot, cold) = (MoveAddress([0xa1; 32]), MoveAddress([0xa2; 32]));
    let supply = |of: MoveAddress| {
        StateKey::MoveResource(AccountId(of.0.into()), Bytes::from_static(b"supply"))
    };
    let market = Market::new(true);
    let called = |from: u8, named: MoveAddress| (moving(from, named, 100), vec![supply(named)]);
    let block = (0..20).map(|from| called(from, hot));
    let block: Vec<_> = block
        .chain((20..24).map(|from| called(from, cold)))
        .collect();
    learn(&market, &Choice::default(), &block, GAS);
    assert_eq!(keys_of(&market.resources()), [supply(hot)]);

    let pool = pool(PoolLimits::default());
    for from in 0..100 {
        pool.add(moving(from, hot, 10_000), &Rich).unwrap();
    }
    let choice = market.choose(&pool, 0, GAS_LIMIT);
    let block = choice.candidates.iter();
    let block: Vec<_> = block
        .map(|it| (Arc::clone(it), vec![supply(hot)]))
        .collect();
    assert_eq!(block.len(), 40, "gas as used, not as asked for");
    learn(&market, &choice, &block, GAS);
    // A tenth of a gwei for each octa.
    let bid = wei_of_octas(10_000).to::<u128>() / 100;
    assert_eq!(market.price_of(&moving(200, hot, 1)), bid / 8);
    assert_eq!(market.price_of(&moving(200, cold, 1)), 0);
    assert_eq!(market.dearest_of_move(), bid / 8);
}
