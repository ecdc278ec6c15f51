//! What goes into the tables comes out again, for every type of transaction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use alloy_consensus::{
    Header, Sealable, SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxLegacy,
};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip7702::{Authorization, SignedAuthorization},
};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, Signature, TxKind, U256};
use lumio_state::{StateKey, WriteSet};
use lumio_storage::{BlockCommit, Database, NodeChange, TransactionPlace};
use lumio_types::{
    AccountId, AccountLamports, Block, CarriedReceipt, Event, EventHandle, EventOrigin,
    InnerInstruction, MoveEvent, MoveReceipt, Receipt, SealedHeader, SolanaReceipt, TokenBalance,
    Transaction,
};
use op_alloy_consensus::{OpTxEnvelope, OpTxType, TxDeposit};
use proptest::{collection::vec, option, prelude::*};
use support::{CHAIN, options};

fn hash() -> impl Strategy<Value = B256> {
    any::<[u8; 32]>().prop_map(B256::from)
}

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 20]>().prop_map(Address::from)
}

fn uint() -> impl Strategy<Value = U256> {
    prop_oneof![
        Just(U256::ZERO),
        any::<u64>().prop_map(U256::from),
        any::<[u8; 32]>().prop_map(U256::from_be_bytes),
    ]
}

fn bytes(longest: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..=longest).prop_map(Bytes::from)
}

fn signature() -> impl Strategy<Value = Signature> {
    (uint(), uint(), any::<bool>()).prop_map(|(r, s, parity)| Signature::new(r, s, parity))
}

fn recipient() -> impl Strategy<Value = TxKind> {
    option::of(address()).prop_map(|to| to.map_or(TxKind::Create, TxKind::Call))
}

fn access_list() -> impl Strategy<Value = AccessList> {
    let item = (address(), vec(hash(), 0..3)).prop_map(|(address, storage_keys)| AccessListItem {
        address,
        storage_keys,
    });
    vec(item, 0..3).prop_map(AccessList)
}

fn authorizations() -> impl Strategy<Value = Vec<SignedAuthorization>> {
    let item = (
        uint(),
        address(),
        any::<u64>(),
        any::<bool>(),
        uint(),
        uint(),
    )
        .prop_map(|(chain_id, address, nonce, parity, r, s)| {
            let authorization = Authorization {
                chain_id,
                address,
                nonce,
            };
            SignedAuthorization::new_unchecked(authorization, u8::from(parity), r, s)
        });
    vec(item, 0..3)
}

/// The fields that transaction types share.
#[derive(Clone, Debug)]
struct Fields {
    nonce: u64,
    gas_limit: u64,
    price: u128,
    to: TxKind,
    value: U256,
    input: Bytes,
}

fn fields() -> impl Strategy<Value = Fields> {
    (
        any::<u64>(),
        any::<u64>(),
        any::<u128>(),
        recipient(),
        uint(),
        bytes(200),
    )
        .prop_map(|(nonce, gas_limit, price, to, value, input)| Fields {
            nonce,
            gas_limit,
            price,
            to,
            value,
            input,
        })
}

fn envelope() -> impl Strategy<Value = OpTxEnvelope> {
    let chain_id = 1..=u64::from(u32::MAX);
    prop_oneof![
        (fields(), option::of(chain_id), signature()).prop_map(|(tx, chain_id, signature)| {
            let legacy = TxLegacy {
                chain_id,
                nonce: tx.nonce,
                gas_price: tx.price,
                gas_limit: tx.gas_limit,
                to: tx.to,
                value: tx.value,
                input: tx.input,
            };
            OpTxEnvelope::Legacy(legacy.into_signed(signature))
        }),
        (fields(), access_list(), signature()).prop_map(|(tx, access_list, signature)| {
            let unsigned = TxEip2930 {
                chain_id: CHAIN,
                nonce: tx.nonce,
                gas_price: tx.price,
                gas_limit: tx.gas_limit,
                to: tx.to,
                value: tx.value,
                access_list,
                input: tx.input,
            };
            OpTxEnvelope::Eip2930(unsigned.into_signed(signature))
        }),
        (fields(), access_list(), signature()).prop_map(|(tx, access_list, signature)| {
            let unsigned = TxEip1559 {
                chain_id: CHAIN,
                nonce: tx.nonce,
                gas_limit: tx.gas_limit,
                max_fee_per_gas: tx.price,
                max_priority_fee_per_gas: tx.price / 2,
                to: tx.to,
                value: tx.value,
                access_list,
                input: tx.input,
            };
            OpTxEnvelope::Eip1559(unsigned.into_signed(signature))
        }),
        (fields(), address(), authorizations(), signature()).prop_map(
            |(tx, to, authorization_list, signature)| {
                let unsigned = TxEip7702 {
                    chain_id: CHAIN,
                    nonce: tx.nonce,
                    gas_limit: tx.gas_limit,
                    max_fee_per_gas: tx.price,
                    max_priority_fee_per_gas: tx.price / 3,
                    to,
                    value: tx.value,
                    access_list: AccessList::default(),
                    authorization_list,
                    input: tx.input,
                };
                OpTxEnvelope::Eip7702(unsigned.into_signed(signature))
            }
        ),
        (fields(), address(), hash(), any::<bool>()).prop_map(
            |(tx, from, source_hash, is_system_transaction)| {
                let deposit = TxDeposit {
                    source_hash,
                    from,
                    to: tx.to,
                    mint: tx.price,
                    value: tx.value,
                    gas_limit: tx.gas_limit,
                    is_system_transaction,
                    input: tx.input,
                };
                OpTxEnvelope::Deposit(deposit.seal_slow())
            }
        ),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let handle = (hash(), any::<u64>(), any::<u64>()).prop_map(
        |(creator, creation_number, sequence_number)| EventHandle {
            creator: AccountId(creator),
            creation_number,
            sequence_number,
        },
    );
    let of_move = (".{0,40}", option::of(handle)).prop_map(|(tag, handle)| {
        let type_tag = tag.into();
        EventOrigin::Move(MoveEvent { type_tag, handle })
    });
    let origin = prop_oneof![Just(EventOrigin::Evm), of_move, Just(EventOrigin::Svm)];
    let log = (address(), vec(hash(), 0..=4), bytes(300));
    (origin, log).prop_map(|(origin, (address, topics, data))| Event {
        origin,
        log: Log::new(address, topics, data).unwrap(),
    })
}

fn id() -> impl Strategy<Value = AccountId> {
    hash().prop_map(AccountId)
}

fn carried() -> impl Strategy<Value = CarriedReceipt> {
    let of_move =
        (hash(), id(), ".{0,40}", any::<u64>()).prop_map(|(hash, sender, status, gas_units)| {
            CarriedReceipt::Move(MoveReceipt {
                hash,
                sender,
                status,
                gas_units,
            })
        });
    prop_oneof![
        of_move,
        solana().prop_map(|receipt| CarriedReceipt::Solana(receipt.into()))
    ]
}

fn solana() -> impl Strategy<Value = SolanaReceipt> {
    let inner = (any::<u8>(), vec(any::<u8>(), 0..4), bytes(40), any::<u8>()).prop_map(
        |(program, accounts, data, stack_height)| InnerInstruction {
            program,
            accounts,
            data,
            stack_height,
        },
    );
    let account = (id(), any::<u64>(), any::<u64>());
    let account = account.prop_map(|(id, before, after)| AccountLamports { id, before, after });
    let token = (any::<u8>(), id(), id(), id(), any::<u64>(), any::<u8>())
        .prop_map(
            |(account, mint, owner, program, amount, decimals)| TokenBalance {
                account,
                mint,
                owner,
                program,
                amount,
                decimals,
            },
        )
        .boxed();
    let error = bytes(20).prop_filter("an error has bytes", |error| !error.is_empty());
    (
        (vec(any::<u8>(), 64), id(), option::of(error)),
        (any::<u64>(), any::<u64>(), vec(".{0,60}", 0..4)),
        vec((any::<u8>(), vec(inner, 0..3)), 0..3),
        (option::of((id(), bytes(40))), vec(account, 0..6)),
        (any::<u16>(), any::<u16>()),
        (vec(token.clone(), 0..3), vec(token, 0..3)),
    )
        .prop_map(
            |(head, used, inner_instructions, (return_data, accounts), loaded, tokens)| {
                SolanaReceipt {
                    signature: head.0.try_into().unwrap(),
                    payer: head.1,
                    error: head.2,
                    fee: used.0,
                    compute_units: used.1,
                    logs: used.2.into_iter().collect(),
                    inner_instructions,
                    return_data,
                    accounts: accounts.into(),
                    loaded_writable: loaded.0,
                    loaded_readonly: loaded.1,
                    tokens_before: tokens.0,
                    tokens_after: tokens.1,
                }
            },
        )
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let tx_type = prop_oneof![
        Just(OpTxType::Legacy),
        Just(OpTxType::Eip2930),
        Just(OpTxType::Eip1559),
        Just(OpTxType::Eip7702),
        Just(OpTxType::Deposit),
        Just(OpTxType::PostExec),
    ];
    (
        tx_type,
        any::<bool>(),
        any::<u64>(),
        any::<u64>(),
        vec(event(), 0..4),
        option::of(address()),
        option::of(any::<u64>()),
        option::of(carried()),
    )
        .prop_map(
            |(
                tx_type,
                success,
                gas_used,
                cumulative_gas_used,
                events,
                contract_address,
                deposit_nonce,
                carried,
            )| Receipt {
                tx_type,
                success,
                gas_used,
                cumulative_gas_used,
                events,
                contract_address,
                deposit_nonce,
                carried,
            },
        )
}

fn header() -> impl Strategy<Value = Header> {
    (
        (hash(), hash(), hash(), address(), uint(), bytes(32)),
        (any::<u64>(), any::<u64>(), any::<u64>()),
        (option::of(any::<u64>()), option::of(hash())),
    )
        .prop_map(|(hashes, numbers, optional)| Header {
            state_root: hashes.0,
            transactions_root: hashes.1,
            receipts_root: hashes.2,
            beneficiary: hashes.3,
            difficulty: hashes.4,
            extra_data: hashes.5,
            logs_bloom: Bloom::repeat_byte(numbers.0 as u8),
            gas_limit: numbers.0,
            gas_used: numbers.1,
            timestamp: numbers.2,
            base_fee_per_gas: optional.0.or(optional.1.map(|_| 7)),
            withdrawals_root: optional.1,
            ..Header::default()
        })
}

fn state_key() -> impl Strategy<Value = StateKey> {
    prop_oneof![
        address().prop_map(StateKey::Balance),
        address().prop_map(StateKey::EvmAccount),
        (address(), uint()).prop_map(|(owner, slot)| StateKey::EvmStorage(owner, slot)),
        hash().prop_map(StateKey::EvmCode),
        address().prop_map(StateKey::Link),
        (hash(), bytes(80)).prop_map(|(id, tag)| StateKey::MoveResource(AccountId(id), tag)),
        (hash(), bytes(80)).prop_map(|(id, name)| StateKey::MoveModule(AccountId(id), name)),
        (hash(), bytes(80)).prop_map(|(id, key)| StateKey::MoveTableItem(id, key)),
        hash().prop_map(|id| StateKey::SvmAccount(AccountId(id))),
        hash().prop_map(StateKey::SvmMessage),
        bytes(80).prop_map(StateKey::System),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_block_comes_back_whole(
        header in header(),
        sent in vec((envelope(), address()), 0..6),
        receipts in vec(receipt(), 0..6),
        nodes in vec((option::of(hash()), vec(0_u8..16, 0..65), bytes(100)), 0..6),
    ) {
        let database = Database::ephemeral(options(4)).unwrap();
        let transactions: Vec<_> = sent
            .into_iter()
            .map(|(envelope, sender)| Transaction::trusted(envelope, sender))
            .collect();
        let block = Block { header: SealedHeader::new(header), transactions };
        let nodes: Vec<_> = nodes
            .into_iter()
            .map(|(owner, path, node)| NodeChange { owner, path, node: Some(node) })
            .collect();
        let commit = BlockCommit {
            block: &block,
            receipts: &receipts,
            writes: &WriteSet::new(),
            changes: &[],
            beginning: &[],
            nodes: &nodes,
            meta: &[],
            keep: None,
        };
        database.commit_genesis(CHAIN, &commit).unwrap();
        let snapshot = database.snapshot();
        prop_assert_eq!(snapshot.head_header(), Some(&block.header));
        prop_assert_eq!(snapshot.header(0).unwrap(), Some(block.header.clone()));
        prop_assert_eq!(snapshot.block_by_hash(block.hash()).unwrap(), Some(block.clone()));
        prop_assert_eq!(snapshot.transaction_count(0).unwrap(), Some(block.transactions.len()));
        prop_assert_eq!(snapshot.receipts(0).unwrap(), Some(receipts.clone()));
        let blooms: Vec<_> = snapshot.blooms(0..=9).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(blooms, vec![(0, block.header.header.logs_bloom)]);
        let mut logs = 0;
        for (index, receipt) in (0..).zip(&receipts) {
            let found = snapshot.receipt(TransactionPlace { block: 0, index }).unwrap();
            prop_assert_eq!(found, Some((receipt.clone(), logs)));
            logs += receipt.events.len() as u64;
        }
        for transaction in &block.transactions {
            let place = snapshot.place_of(transaction.hash()).unwrap().unwrap();
            let found = snapshot.transaction(place).unwrap().unwrap();
            prop_assert_eq!(&found, transaction);
            prop_assert_eq!(found.encoded(), transaction.encoded());
        }
        let past_end = TransactionPlace { block: 0, index: block.transactions.len() as u32 };
        prop_assert_eq!(snapshot.transaction(past_end).unwrap(), None);
        for change in &nodes {
            let last = nodes.iter().rfind(|other| (other.owner, &other.path) == (change.owner, &change.path));
            let found = snapshot.node(change.owner, &change.path).unwrap();
            prop_assert_eq!(found, last.unwrap().node.clone());
        }
    }

    /// The diffs are searched by encoded keys and written in the order of
    /// write sets: the two orders must be one.
    #[test]
    fn keys_sort_like_their_encodings(a in state_key(), b in state_key()) {
        prop_assert_eq!(a.cmp(&b), a.encode().cmp(&b.encode()));
    }
}
