//! Trees as transactions: of the three kinds that there are.

use super::{
    Frame, Root, Stage, UNIT, account, address,
    run::{MOVE_USER, SOLANA_USER, solana_user},
    solana,
};
use crate::{
    chain::User,
    moving::{MoveUser, carrier},
    solana::{SolanaUser, carrier as solana_carrier},
};
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_move_engine::{Address as MoveAddress, ModuleId, bcs::put_bytes};
use lumio_move_transaction::{EntryFunction, TransactionPayload};
use lumio_types::{AccountId, Transaction, VmId};
use lumio_vm_bus::CROSS_VM_ADDRESS;
use lumio_vm_svm::{MAX_CALL_UNITS, account_id};
use solana_instruction::Instruction;
use solana_sdk_ids::compute_budget;
use solana_transaction::versioned::VersionedTransaction;

sol! {
    function run(bytes script) external payable returns (uint256 digest);
    function callSolana(bytes32 program, (bytes32, bool, bool)[] accounts, bytes data) external returns (bytes);
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
}

/// Gas of an Ethereum transaction, and gas units of a Move transaction, that a block takes.
const GAS: u64 = 16_000_000;
const UNITS: u64 = 400_000;
/// Bytes of a Solana transaction that fits into a packet.
const PACKET: usize = 1_232;

/// The transaction that a tree is, for a block; the Ethereum user is anybody. None if it does not
/// fit.
pub fn transaction(stage: &Stage, root: &Root, user: &mut User) -> Option<Transaction> {
    Some(match root {
        Root::Evm(..) | Root::CrossVm(_) => {
            let (to, wei, input) = evm_call(root, AccountId::from_evm(user.address()));
            user.transaction(TxKind::Call(to), wei, input, GAS)
        }
        Root::Move(frame) => of_move(stage, frame, UNITS),
        Root::Solana(frame) => {
            let transaction = of_solana(stage, frame);
            if wincode::serialize(&transaction).unwrap().len() > PACKET {
                return None;
            }
            solana_carrier(&transaction)
        }
    })
}

/// Whom an Ethereum transaction calls, with how many wei and which input.
pub(super) fn evm_call(root: &Root, user: AccountId) -> (Address, U256, Bytes) {
    match root {
        Root::Evm(frame, value) => {
            let script = frame.encode().into();
            let input = runCall { script }.abi_encode();
            let wei = U256::from(*value) * U256::from(UNIT);
            (address(frame.actor), wei, input.into())
        }
        Root::CrossVm(frame) if frame.vm() == VmId::Svm => {
            let accounts = solana::named(user);
            let accounts = accounts.iter().map(|account| {
                let id = account_id(&account.pubkey).0;
                (id, account.is_signer, account.is_writable)
            });
            let call = callSolanaCall {
                program: solana::program_id(frame.actor).0,
                accounts: accounts.collect(),
                data: frame.encode().into(),
            };
            (CROSS_VM_ADDRESS, U256::ZERO, call.abi_encode().into())
        }
        Root::CrossVm(frame) | Root::Move(frame) | Root::Solana(frame) => {
            let call = callMoveCall {
                module: account(frame.actor).0,
                name: "actor".into(),
                r#fn: "run".into(),
                typeArgs: vec![],
                args: Bytes::from(frame.encode()).abi_encode().into(),
            };
            (CROSS_VM_ADDRESS, U256::ZERO, call.abi_encode().into())
        }
    }
}

/// A Move transaction in its carrier.
pub(super) fn of_move(stage: &Stage, frame: &Frame, units: u64) -> Transaction {
    let mut user = MoveUser::new(MOVE_USER);
    user.sequence_number = stage.sequence_number;
    let mut script = Vec::new();
    put_bytes(&mut script, &frame.encode());
    let function = EntryFunction {
        module: ModuleId::new(MoveAddress(account(frame.actor).0.0), "actor"),
        function: "start".into(),
        type_arguments: vec![],
        arguments: vec![script],
    };
    let mut raw = user.raw(TransactionPayload::EntryFunction(function));
    (raw.max_gas_amount, raw.gas_unit_price) = (units, 1);
    carrier(&user.sign(raw))
}

/// A Solana transaction.
pub(super) fn of_solana(stage: &Stage, frame: &Frame) -> VersionedTransaction {
    // No two transactions are the same.
    let units = MAX_CALL_UNITS - u64::from(stage.solana_transactions);
    let units = u32::try_from(units).unwrap();
    let limit = Instruction {
        program_id: compute_budget::ID,
        accounts: vec![],
        data: [&[2][..], &units.to_le_bytes()].concat(),
    };
    let run = Instruction {
        program_id: solana::program(frame.actor),
        accounts: solana::named(solana_user()),
        data: frame.encode(),
    };
    SolanaUser::new(SOLANA_USER).sign(&stage.block, &[], &[limit, run])
}
