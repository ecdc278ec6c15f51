//! The program of `examples/counter`: its binary is what its source comes to, and it counts. To
//! write it anew: `REBUILD=1 cargo test --release -p lumio-vm-svm --test counter`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use caller::*;
use chain::{keypair, sign};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;
use std::{fs, path::Path};

fn binary() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/counter/program");
    let text = fs::read_to_string(folder.join("counter.s")).unwrap();
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    let built = Assembler::new(options).assemble(&text).unwrap();
    let path = folder.join("counter.so");
    if std::env::var_os("REBUILD").is_some() {
        fs::write(&path, &built).unwrap();
    }
    assert!(
        fs::read(&path).unwrap() == built,
        "{} is stale",
        path.display()
    );
    built
}

fn count(program: &Pubkey, counter: &Pubkey, who: AccountMeta, by: u64) -> Instruction {
    Instruction {
        program_id: *program,
        accounts: vec![AccountMeta::new(*counter, false), who],
        data: by.to_le_bytes().to_vec(),
    }
}

#[test]
fn the_example_counts_and_refuses_what_it_should() {
    let (mut chain, alice) = setting(vec![]);
    let (program, counter): (Keypair, Keypair) = (keypair(50), keypair(51));
    deploy(&mut chain, &alice, &program, &binary());
    let (id, place, a) = (program.pubkey(), counter.pubkey(), alice.pubkey());
    let make = system::create_account(&a, &place, spl::exempt(40), 40, &id);
    chain.send(&[make], &[&alice, &counter]);
    let signs = || AccountMeta::new_readonly(a, true);
    let sent = chain.send(
        &[
            count(&id, &place, signs(), 41),
            count(&id, &place, signs(), 1),
        ],
        &[&alice],
    );
    assert_eq!(sent.return_data.data, 42_u64.to_le_bytes());
    let data = chain.account(&place).unwrap().data;
    assert_eq!(data, [&42_u64.to_le_bytes(), a.as_ref()].concat());

    let mut fails = |step: Instruction, error: InstructionError| {
        chain.next_block();
        let transaction = sign(&[step], &[&alice], chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        let error = TransactionError::InstructionError(0, error);
        assert_eq!(sent.status, Err(error), "{:#?}", sent.logs);
        assert_eq!(chain.account(&place).unwrap().data, data);
    };
    let error = InstructionError::Custom(2);
    fails(count(&id, &place, signs(), u64::MAX), error);
    let nobody = AccountMeta::new_readonly(keypair(52).pubkey(), false);
    fails(
        count(&id, &place, nobody, 1),
        InstructionError::MissingRequiredSignature,
    );
    let mut short = count(&id, &place, signs(), 1);
    short.data.pop();
    fails(short, InstructionError::Custom(1));
    let mut alone = count(&id, &place, signs(), 1);
    alone.accounts.pop();
    fails(alone, InstructionError::Custom(1));
    let mut twice = count(&id, &place, signs(), 1);
    twice.accounts[1] = twice.accounts[0].clone();
    fails(twice, InstructionError::Custom(1));
}
