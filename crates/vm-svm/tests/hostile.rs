//! Whatever comes in, nothing panics, nothing faults, and wei are conserved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::{Address, B256};
use chain::{Chain, keypair};
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{Call, message::SolanaCall};
use lumio_vm_svm::{SvmTransactError, account_id, public_key};
use proptest::{collection::vec, prelude::*, sample::Index};
use solana_hash::Hash;
use solana_message::{
    MessageHeader, VersionedMessage, compiled_instruction::CompiledInstruction, legacy, v0,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{
    address_lookup_table, bpf_loader_upgradeable, compute_budget, ed25519_program,
    secp256k1_program, secp256r1_program, system_program, sysvar,
};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

const SOL: u64 = 1_000_000_000;

/// Keys that make the runtime do something.
fn key(number: usize) -> Pubkey {
    let known = [
        keypair(0).pubkey(),
        keypair(1).pubkey(),
        keypair(2).pubkey(),
        system_program::id(),
        bpf_loader_upgradeable::id(),
        compute_budget::id(),
        address_lookup_table::id(),
        ed25519_program::id(),
        secp256k1_program::id(),
        secp256r1_program::id(),
        lumio_vm_svm::TOKEN,
        lumio_vm_svm::TOKEN_2022,
        lumio_vm_svm::ASSOCIATED_TOKEN,
        lumio_vm_svm::MEMO,
        sysvar::clock::id(),
        sysvar::instructions::id(),
        sysvar::slot_hashes::id(),
        Pubkey::new_from_array([7; 32]),
    ];
    known[number % known.len()]
}

fn instruction(accounts: u8) -> impl Strategy<Value = CompiledInstruction> {
    let data = prop_oneof![
        vec(any::<u8>(), 0..120),
        // What looks like an instruction of the system program or of a loader.
        (0_u32..14, vec(any::<u8>(), 0..60)).prop_map(|(tag, rest)| [
            tag.to_le_bytes().to_vec(),
            rest
        ]
        .concat()),
        // What looks like offsets of signatures.
        (0_u8..3, vec(0_u8..4, 0..60)).prop_map(|(count, rest)| [vec![count], rest].concat()),
    ];
    let index = 0..accounts.max(1).saturating_add(1);
    (index.clone(), vec(index, 0..8), data).prop_map(|(program, accounts, data)| {
        CompiledInstruction::new_from_raw_parts(program, data, accounts)
    })
}

prop_compose! {
    fn message()(count in 1_u8..12)(
        header in (1_u8..3, 0_u8..2, 0_u8..6),
        keys in vec(0_usize..40, usize::from(count)),
        instructions in vec(instruction(count), 0..5),
        is_legacy in any::<bool>(),
        lookups in vec((0_usize..40, vec(any::<u8>(), 0..4), vec(any::<u8>(), 0..4)), 0..2),
    ) -> VersionedMessage {
        let header = MessageHeader {
            num_required_signatures: header.0,
            num_readonly_signed_accounts: header.1,
            num_readonly_unsigned_accounts: header.2,
        };
        let mut account_keys: Vec<Pubkey> = keys.into_iter().map(key).collect();
        account_keys[0] = keypair(0).pubkey();
        match is_legacy {
            true => VersionedMessage::Legacy(legacy::Message {
                header,
                account_keys,
                recent_blockhash: Hash::default(),
                instructions,
            }),
            false => VersionedMessage::V0(v0::Message {
                header,
                account_keys,
                recent_blockhash: Hash::default(),
                instructions,
                address_table_lookups: lookups
                    .into_iter()
                    .map(|(number, writable_indexes, readonly_indexes)| v0::MessageAddressTableLookup {
                        account_key: key(number),
                        writable_indexes,
                        readonly_indexes,
                    })
                    .collect(),
            }),
        }
    }
}

fn chain() -> Chain {
    let mut chain = Chain::new();
    for number in 0..3 {
        chain.give(&keypair(number).pubkey(), wei_of_lamports(10 * SOL));
    }
    chain
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn transactions_of_any_shape_end(messages in vec(message(), 1..60)) {
        let mut chain = chain();
        let supply = chain.supply();
        for mut message in messages {
            message.set_recent_blockhash(chain.blockhash());
            let count = usize::from(message.header().num_required_signatures);
            let transaction = VersionedTransaction {
                signatures: vec![Default::default(); count],
                message,
            };
            match chain.try_send(&transaction) {
                Ok(_) | Err(SvmTransactError::Refused(_)) => {}
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
            prop_assert_eq!(chain.supply(), supply);
        }
    }

    #[test]
    fn calls_of_any_shape_end(
        calls in vec(
            (any::<Index>(), vec((any::<Index>(), any::<bool>(), any::<bool>()), 0..8),
             vec(any::<u8>(), 0..80), 0_u64..300_000, any::<bool>(), any::<Index>()),
            1..60,
        ),
    ) {
        let mut chain = chain();
        let caller = AccountId::from_evm(Address::repeat_byte(0xca));
        chain.give(&public_key(caller), wei_of_lamports(10 * SOL));
        let supply = chain.supply();
        for (target, accounts, data, gas, is_static, cut) in calls {
            let accounts = accounts.iter().map(|(number, is_signer, is_writable)| {
                let named = match is_signer {
                    true => caller,
                    false => account_id(&key(number.index(40))),
                };
                (B256::from(named.0), *is_signer, *is_writable)
            });
            let input = SolanaCall::new(accounts.collect(), data);
            let mut input = input.to_input().to_vec();
            if cut.index(4) == 0 {
                input.truncate(cut.index(input.len() + 1));
            }
            let target = account_id(&key(target.index(40)));
            let mut call = Call::new(VmId::Svm, caller, target, input.into(), gas);
            call.is_static = is_static;
            let before = chain.state.clone();
            let outcome = chain.call(call).unwrap();
            prop_assert!(outcome.gas_used <= gas);
            prop_assert_eq!(chain.supply(), supply);
            if is_static || !outcome.is_success() {
                prop_assert_eq!(&before.0, &chain.state.0);
            }
        }
    }
}
