//! X12: damaged calls between Solana and the other machines, in each of the forms that they have, end
//! as calls do. Nothing faults, and what fails leaves nothing but a fee.

use super::{moving::*, world::*};
use crate::malformed::{Damage, damage, damaged};
use lumio_executor::{ExecuteError, SvmTransactError};
use lumio_tests::solana::carrier;
use lumio_types::{SOLANA_MAGIC, SolanaTransaction};
use lumio_vm_bus::{Call, Status, message::SolanaCall};
use proptest::{collection::vec, prelude::*, sample::Index};

const BOB: Pubkey = Pubkey::new_from_array([0xb0; 32]);
const MOST_GAS: u64 = 5_000_000;

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    vec(damage(), 1..4)
}

/// Whatever else, it ends: what fails has written nothing, and gas is never more than there was.
fn ends(world: &World, call: Call) -> Status {
    let gas = call.gas;
    // A fault is a panic there.
    let (outcome, finished) = world.tried(call);
    assert!(outcome.gas_used <= gas);
    if outcome.status != Status::Success {
        assert!(finished.writes.is_empty() && finished.events.is_empty());
    }
    let mut after = world.memory.clone();
    let before = after.supply();
    after.apply(&finished.writes);
    assert_eq!(after.supply(), before);
    outcome.status
}

/// A derived address of a contract, with its seeds.
fn derived(owner: &Pubkey) -> (Pubkey, Vec<Bytes>) {
    let (key, bump) = Pubkey::find_program_address(&[owner.as_ref(), b"seed"], &CROSS_VM);
    let seeds = vec![Bytes::from_static(b"seed"), Bytes::from(vec![bump])];
    (key, seeds)
}

fn rich_world() -> World {
    let mut world = World::new();
    let wealth = U256::from(SOL) * U256::from(9 * SOL);
    world.memory.fund(RELAY, wealth);
    let (theirs, _) = derived(&evm_key(RELAY));
    fund(&mut world.memory, &theirs, SOL);
    world
}

/// A call that is right, of each function of `ICrossVM` that is about Solana.
fn right(which: usize) -> Vec<u8> {
    let relay = evm_key(RELAY);
    let (theirs, seeds) = derived(&relay);
    let pay = transfer(&relay, &BOB, RENT);
    let (program, accounts) = (b256(&pay.program_id), metas(&pay));
    let data = Bytes::copy_from_slice(&pay.data);
    let all = vec![
        Bytes::copy_from_slice(relay.as_ref()),
        Bytes::from_static(b"seed"),
    ];
    match which {
        0 => callSolanaCall {
            program,
            accounts,
            data,
        }
        .abi_encode(),
        1 => tryCallSolanaCall {
            program,
            accounts,
            data,
        }
        .abi_encode(),
        2 => input(&transfer(&theirs, &BOB, RENT), &[seeds]),
        3 => queueSolanaCall {
            program,
            accounts,
            data,
        }
        .abi_encode(),
        4 => solanaAccountCall {
            id: b256(&lumio_vm_svm::TOKEN),
        }
        .abi_encode(),
        _ => findProgramAddressCall {
            seeds: all,
            program: b256(&CROSS_VM),
        }
        .abi_encode(),
    }
}

/// A call of a program without a machine in between.
fn direct(instruction: &Instruction, seeds: Vec<Vec<Bytes>>) -> Call {
    let accounts = instruction.accounts.iter();
    let accounts = accounts.map(|meta| (b256(&meta.pubkey), meta.is_signer, meta.is_writable));
    let message = SolanaCall {
        accounts: accounts.collect(),
        data: Bytes::copy_from_slice(&instruction.data),
        seeds,
    };
    let (caller, target) = (AccountId::from_evm(RELAY), id_of(&instruction.program_id));
    Call::new(VmId::Svm, caller, target, message.to_input(), MOST_GAS)
}

fn of_evm(to: Address, input: Vec<u8>) -> Call {
    let caller = AccountId::from_evm(RELAY);
    Call::new(VmId::Evm, caller, to.into(), input.into(), MOST_GAS)
}

#[test]
fn x12_the_calls_that_are_damaged_are_right() {
    let world = rich_world();
    for which in 0..6 {
        let status = ends(&world, of_evm(CROSS_VM_ADDRESS, right(which)));
        assert_eq!(status, Status::Success, "{which}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn x12_damaged_calls_of_solana_are_no_faults(which in 0..6_usize, damages in damages()) {
        let world = rich_world();
        ends(&world, of_evm(CROSS_VM_ADDRESS, damaged(right(which), &damages)));
    }

    /// The input of the call itself, as the bus brings it to the Solana VM.
    #[test]
    fn x12_damaged_instructions_are_no_faults(signed in any::<bool>(), damages in damages()) {
        let world = rich_world();
        let (theirs, seeds) = derived(&evm_key(RELAY));
        let whole = match signed {
            true => direct(&transfer(&theirs, &BOB, RENT), vec![seeds]),
            false => direct(&transfer(&evm_key(RELAY), &BOB, RENT), vec![]),
        };
        prop_assert_eq!(ends(&world, whole.clone()), Status::Success);
        // Damage is where a selector would be in front.
        let input = damaged([&[0; 4][..], &whole.input].concat(), &damages);
        let input = input.get(4..).unwrap_or_default().to_vec().into();
        ends(&world, Call { input, ..whole });
    }

    #[test]
    fn x12_damaged_calls_of_solana_by_move_are_no_faults(
        damages in damages(),
        name in prop_oneof![Just("run"), Just("try_run")],
    ) {
        let world = rich_world();
        let pay = abi_of(&transfer(&evm_key(RELAY), &BOB, RENT));
        // Damage is where a selector would be in front.
        let arguments = damaged([vec![0; 4], pay].concat(), &damages);
        let arguments = arguments.get(4..).unwrap_or_default().to_vec();
        ends(&world, function(&evm_key(RELAY), (TREASURY.0.into(), "treasury", name), arguments));
    }

    /// Well encoded, and whatever else: programs that are built in, accounts that are named often, seeds.
    #[test]
    fn x12_calls_of_solana_of_any_shape_are_no_faults(
        program in any::<Index>(),
        accounts in vec((any::<Index>(), any::<bool>(), any::<bool>()), 0..70),
        data in vec(any::<u8>(), 0..70),
        crossing in prop::option::of((0..3_u8, 0..5_u8, 0..3_u64)),
        seeds in vec(vec(vec(any::<u8>(), 0..34), 0..18), 0..3),
        own in any::<bool>(),
        way in 0..3_u8,
    ) {
        let world = rich_world();
        let relay = evm_key(RELAY);
        let (theirs, right) = derived(&relay);
        let known = [
            relay, theirs, BOB, world.alice.key(), CROSS_VM, CROSS_VM_VAULT, evm_key(CONTRACT),
            Pubkey::default(), lumio_vm_svm::TOKEN, lumio_vm_svm::MEMO,
            solana_sdk_ids::bpf_loader_upgradeable::ID, solana_sdk_ids::address_lookup_table::ID,
            solana_sdk_ids::compute_budget::ID, solana_sdk_ids::ed25519_program::ID,
            solana_sdk_ids::sysvar::instructions::ID, solana_sdk_ids::sysvar::clock::ID,
        ];
        // Mostly few, and those who may sign do.
        let accounts = accounts.iter().map(|(index, signs, is_writable)| {
            let pubkey = *index.get(&known);
            let is_signer = *signs && (pubkey == relay || pubkey == theirs);
            AccountMeta { pubkey, is_signer, is_writable: *is_writable }
        });
        let mut instruction = Instruction {
            program_id: *program.get(&known),
            accounts: accounts.collect(),
            data,
        };
        if let Some((vm, flags, lamports)) = crossing {
            let more = instruction.accounts.split_off(instruction.accounts.len().min(2));
            let input = instruction.data.clone();
            let step = cross((vm, flags), &theirs, CONTRACT.into_word(), lamports, &input);
            instruction = Instruction { accounts: [step.accounts, more].concat(), ..step };
        }
        let mut seeds: Vec<Vec<Bytes>> = seeds
            .into_iter()
            .map(|seeds| seeds.into_iter().map(Bytes::from).collect())
            .collect();
        if own {
            seeds = vec![right];
        }
        ends(&world, match way {
            0 => of_evm(CROSS_VM_ADDRESS, input(&instruction, &seeds)),
            1 => direct(&instruction, seeds),
            _ => function(&relay, (TREASURY.0.into(), "treasury", "run"), abi_of(&instruction)),
        });
    }

    /// The arguments of a Move transaction.
    #[test]
    fn x12_damaged_arguments_of_a_module_that_calls_solana_are_no_faults(
        which in 0..5_usize,
        damages in damages(),
    ) {
        let mut world = World::new();
        let mut bob = move_user(&mut world, 5);
        let pay = transfer(&key_of(&bob), &BOB, RENT);
        let mut arguments = bcs_of(&pay);
        arguments[which] = damaged(arguments[which].clone(), &damages);
        let sent = bob.call_at(TREASURY, ("treasury", "run"), vec![], arguments);
        let before = world.memory.wei(id_of(&BOB));
        match world.executor.execute(&world.memory, &world.block, &sent) {
            Ok(done) => {
                world.memory.apply(&done.writes);
                if !done.success {
                    prop_assert_eq!(world.memory.wei(id_of(&BOB)), before);
                }
            }
            Err(ExecuteError::Move(_)) => {}
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }

    /// The data and the accounts of the built-in program, called by a transaction.
    #[test]
    fn x12_damaged_calls_by_solana_are_no_faults(
        which in 0..4_u8,
        flags in 0..9_u8,
        damages in damages(),
        head in vec((0..60_usize, any::<u8>()), 0..3),
        swap in prop::option::of(any::<(Index, Index)>()),
    ) {
        let mut world = World::new();
        let alice = world.alice.key();
        let set = setCall { key: U256::from(1), value: U256::from(9) }.abi_encode();
        let pay = moves("aptos_account", "transfer", (b256(&BOB), 1_000_000_u64).abi_encode_params());
        let one = B256::with_last_byte(1);
        let mut step = match which {
            0 => cross((0, flags), &alice, CONTRACT.into_word(), 0, &set),
            1 => cross((0, flags), &alice, CONTRACT.into_word(), 7, &[]),
            2 => cross((1, flags), &alice, one, 0, &pay),
            _ => cross((1, flags), &alice, MODULE.0.into(), 0, &moves("hazards", "many", 3_u64.abi_encode())),
        };
        step.accounts.push(AccountMeta::new(BOB, false));
        let (first, input) = step.data.split_at(50);
        let input = damaged([vec![0; 4], input.to_vec()].concat(), &damages);
        step.data = [first, input.get(4..).unwrap_or_default()].concat();
        for (at, byte) in head {
            if let Some(place) = step.data.get_mut(at) {
                *place = byte;
            }
        }
        if let Some((one, other)) = swap {
            let count = step.accounts.len();
            step.accounts.swap(one.index(count), other.index(count));
        }
        step.data.truncate(700);
        let (before, wei) = (world.rest(), world.memory.wei(id_of(&alice)));
        let done = world.here(&[], &[step]);
        if !done.success {
            prop_assert_eq!(world.rest(), before);
            prop_assert_eq!(wei - world.memory.wei(id_of(&alice)), U256::from(5_000 * SOL));
        }
    }

    /// Carriers whose Solana transaction, of either version, is damaged: most are no transactions,
    /// and what is one runs to an end as a simulation.
    #[test]
    fn x12_damaged_carriers_are_no_faults(
        is_legacy in any::<bool>(),
        damages in damages(),
        signatures in any::<bool>(),
    ) {
        let mut world = World::new();
        let alice = world.alice.key();
        let step = cross((0, 0), &alice, CONTRACT.into_word(), 0, &[]);
        let mut whole = world.alice.sign(&world.block, &[], &[step, transfer(&alice, &BOB, RENT)]);
        if !is_legacy {
            whole = as_v0(whole, &world.alice);
        }
        let wire = wincode::serialize(&whole).unwrap();
        prop_assert!(SolanaTransaction::decode(&wire).is_ok());
        // The head of the message, or anything.
        let damaged = match signatures {
            true => damaged(wire.clone(), &damages),
            false => {
                let (head, message) = wire.split_at(65);
                [head, &damaged(message.to_vec(), &damages)].concat()
            }
        };
        if damaged != wire {
            prop_assert!(SolanaTransaction::decode(&damaged).is_err());
            prop_assert!(carried(&damaged).is_err());
        }
        if let Ok(inner) = SolanaTransaction::trusted(&damaged) {
            let (executor, block) = (&world.executor, &world.block);
            match executor.try_solana(&world.memory, block, &inner) {
                Ok(tried) => {
                    let before = world.memory.supply();
                    world.memory.apply(&tried.writes);
                    prop_assert_eq!(world.memory.supply(), before);
                }
                Err(ExecuteError::Solana(SvmTransactError::Refused(_))) => {}
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
        }
        let again = carrier(&whole);
        prop_assert_eq!(&again.carried().unwrap().as_solana().unwrap().wire[..], &wire[..]);
    }
}

/// The same transaction, of version 0.
fn as_v0(
    transaction: solana_transaction::versioned::VersionedTransaction,
    signer: &SolanaUser,
) -> solana_transaction::versioned::VersionedTransaction {
    use solana_message::{VersionedMessage, v0};
    let VersionedMessage::Legacy(message) = transaction.message else {
        panic!("a legacy message");
    };
    let message = VersionedMessage::V0(v0::Message {
        header: message.header,
        account_keys: message.account_keys,
        recent_blockhash: message.recent_blockhash,
        instructions: message.instructions,
        address_table_lookups: vec![],
    });
    solana_transaction::versioned::VersionedTransaction::try_new(message, &[&signer.0]).unwrap()
}

/// Bytes in a carrier, as they come from a stranger.
fn carried(wire: &[u8]) -> Result<(), String> {
    use alloy_consensus::{SignableTransaction, TxLegacy};
    use lumio_types::{Envelope, Transaction, sign_carrier};
    let envelope = TxLegacy {
        chain_id: Some(lumio_tests::chain::CHAIN_ID),
        gas_limit: lumio_tests::solana::GAS,
        to: TxKind::Create,
        input: [SOLANA_MAGIC.as_slice(), wire].concat().into(),
        ..TxLegacy::default()
    };
    let signature = sign_carrier(envelope.signature_hash());
    let envelope = Envelope::Legacy(envelope.into_signed(signature));
    Transaction::recover(envelope)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
