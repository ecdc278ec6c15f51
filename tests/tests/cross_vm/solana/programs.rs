//! X13: a program that was deployed, upgraded or closed is what the state says, whoever calls it,
//! and whatever was compiled before.

use super::{moving::*, world::*};
use solana_loader_v3_interface::{get_program_data_address, instruction as loader};
use solana_signer::Signer;

/// A program that returns a text of three letters.
fn says(text: &str) -> Vec<u8> {
    assembled(&format!(
        ".globl entrypoint\n.rodata\n  message: .ascii \"{text}\"\n.text\nentrypoint:\n  \
         lddw r1, message\n  mov64 r2, 3\n  call sol_set_return_data\n  mov64 r0, 0\n  exit\n"
    ))
}

pub(super) fn key(number: u8) -> Keypair {
    Keypair::new_from_array([number; 32])
}

fn rent(bytes: usize) -> u64 {
    (128 + bytes as u64) * 6_960
}

impl World {
    /// A buffer with code.
    pub(super) fn buffer(&mut self, number: u8, text: &str) -> Pubkey {
        let (payer, buffer, elf) = (self.alice.key(), key(number), says(text));
        let lamports = rent(37 + elf.len());
        let make = loader::create_buffer(&payer, &buffer.pubkey(), &payer, lamports, elf.len());
        let mut steps = make.unwrap();
        steps.push(loader::write(&buffer.pubkey(), &payer, 0, elf));
        let done = self.here(&[&buffer], &steps);
        assert!(done.success, "{:?}", self.logs(&done));
        buffer.pubkey()
    }

    fn deployment(&mut self, program: &Keypair, number: u8, text: &str) -> Vec<Instruction> {
        let (payer, buffer) = (self.alice.key(), self.buffer(number, text));
        #[allow(deprecated)]
        let deploy = loader::deploy_with_max_program_len(
            &payer,
            &program.pubkey(),
            &buffer,
            &payer,
            rent(36),
            4_096,
        );
        deploy.unwrap()
    }

    pub(super) fn deploy(&mut self, program: &Keypair, number: u8, text: &str) {
        let deploy = self.deployment(program, number, text);
        let done = self.here(&[program], &deploy);
        assert!(done.success, "{:?}", self.logs(&done));
    }

    fn upgrade(&mut self, program: &Keypair, number: u8, text: &str) {
        let (payer, buffer) = (self.alice.key(), self.buffer(number, text));
        let upgrade = loader::upgrade(&program.pubkey(), &buffer, &payer, &payer);
        let done = self.here(&[], &[upgrade]);
        assert!(done.success, "{:?}", self.logs(&done));
    }

    fn close(&mut self, program: &Keypair) {
        let (payer, program) = (self.alice.key(), program.pubkey());
        let data = get_program_data_address(&program);
        let close = loader::close_any(&data, &payer, Some(&payer), Some(&program));
        let done = self.here(&[], &[close]);
        assert!(done.success, "{:?}", self.logs(&done));
    }

    /// What a program says to a module. Nothing of it is kept.
    fn heard_by_move(&self, run: &Instruction) -> Option<String> {
        let (mut memory, mut user) = (self.memory.clone(), MoveUser::new(6));
        lumio_tests::moving::fund(&mut memory, user.address, 100_000_000);
        let sent = user.call_at(TREASURY, ("treasury", "try_run"), vec![], bcs_of(run));
        let done = self.executor.execute(&memory, &self.block, &sent).unwrap();
        assert!(done.success, "{}", status(&done));
        let is_last = |key: &&StateKey| {
            let StateKey::MoveResource(_, tag) = key else {
                return false;
            };
            tag.windows(4).any(|part| part == b"Last")
        };
        let last = done.writes.keys().find(is_last).unwrap();
        let last = done.writes.get(last).unwrap().clone().unwrap();
        // Whether it succeeded, then a length and the data.
        (last[0] == 1).then(|| String::from_utf8(last[2..].to_vec()).unwrap())
    }

    /// What a program says to a contract, a module and a transaction. They must hear the same.
    pub(super) fn heard(&mut self, program: &Keypair) -> Option<String> {
        let run = Instruction {
            program_id: program.pubkey(),
            accounts: vec![],
            data: vec![],
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let done = self.evm(RELAY, &calls(&run, &[]));
        let by_evm = done.success.then(|| {
            let output = Bytes::abi_decode(&done.output).unwrap();
            text(&output)
        });
        assert_eq!(self.heard_by_move(&run), by_evm);
        self.calls_heard += 1;
        // No two transactions are the same.
        let limit = units(1_000_000 + self.calls_heard);
        let done = self.here(&[], &[limit, run]);
        let by_solana = done.success.then(|| text(&done.output));
        assert_eq!(by_evm, by_solana);
        by_evm
    }
}

pub(super) fn is(text: &str) -> Option<String> {
    Some(text.into())
}

#[test]
fn x13_deploy_then_call() {
    let mut world = World::new();
    let program = key(70);
    assert_eq!(world.heard(&program), None);
    world.deploy(&program, 71, "one");
    assert_eq!(world.heard(&program), None, "it begins with the next block");
    world.next_block();
    assert_eq!(world.heard(&program), is("one"));
    world.next_block();
    assert_eq!(world.heard(&program), is("one"));
}

#[test]
fn x13_upgrade_then_call_and_close() {
    let mut world = World::new();
    let program = key(70);
    world.deploy(&program, 71, "one");
    world.next_block();
    assert_eq!(world.heard(&program), is("one"));
    world.upgrade(&program, 72, "two");
    assert_ne!(
        world.heard(&program),
        is("one"),
        "the old code is gone at once"
    );
    world.next_block();
    assert_eq!(world.heard(&program), is("two"));
    world.close(&program);
    assert_eq!(world.heard(&program), None);
    world.next_block();
    assert_eq!(world.heard(&program), None);
}

#[test]
fn x13_a_deployment_that_is_taken_back_leaves_no_code() {
    let mut world = World::new();
    let program = key(70);
    let mut steps = world.deployment(&program, 71, "one");
    steps.push(transfer(&world.alice.key(), &RELAY_PAYEE, u64::MAX));
    let before = world.rest();
    let done = world.here(&[&program], &steps);
    assert!(!done.success);
    assert_eq!(world.rest(), before);
    world.next_block();
    assert_eq!(world.heard(&program), None);
    // Other code comes to the same place.
    world.deploy(&program, 73, "two");
    world.next_block();
    assert_eq!(world.heard(&program), is("two"));
}

const RELAY_PAYEE: Pubkey = Pubkey::new_from_array([0xb0; 32]);

#[test]
fn x13_code_of_another_branch_is_not_run() {
    let mut world = World::new();
    let program = key(70);
    world.deploy(&program, 71, "one");
    world.next_block();
    assert_eq!(world.heard(&program), is("one"));
    let (memory, block) = (world.memory.clone(), world.block.clone());
    let nonce = world.user.nonce;
    // The same executor, and so the same compiled programs, on three branches.
    for text in ["two", "tri", "two"] {
        (world.memory, world.block) = (memory.clone(), block.clone());
        world.user.nonce = nonce;
        assert_eq!(world.heard(&program), is("one"), "back on the trunk");
        world.upgrade(&program, 72, text);
        world.next_block();
        assert_eq!(world.heard(&program), is(text));
    }
    (world.memory, world.block) = (memory, block);
    world.user.nonce = nonce;
    world.close(&program);
    world.next_block();
    assert_eq!(world.heard(&program), None);
}

#[test]
fn x13_what_is_no_program_is_not_called() {
    let mut world = World::new();
    let names = [
        RELAY_PAYEE,
        evm_key(CONTRACT),
        CROSS_VM_VAULT,
        solana_sdk_ids::sysvar::clock::ID,
        solana_sdk_ids::bpf_loader_upgradeable::ID,
    ];
    for name in names {
        fund(&mut world.memory, &name, SOL);
        let run = Instruction {
            program_id: name,
            accounts: vec![],
            data: vec![],
        };
        let before = world.rest();
        let done = world.evm(RELAY, &calls(&run, &[]));
        assert!(!done.success, "{name}");
        assert_eq!(world.rest(), before, "{name}");
    }
    // Bytes that are no program, in an account that says it is one.
    let broken = Pubkey::new_from_array([0xbd; 32]);
    for elf in [
        vec![],
        vec![0; 64],
        says("one")[..200].to_vec(),
        b"\x7fELF".to_vec(),
    ] {
        world.memory.put_program(&broken, &elf);
        let run = Instruction {
            program_id: broken,
            accounts: vec![],
            data: vec![],
        };
        let done = world.evm(RELAY, &calls(&run, &[]));
        assert!(!done.success);
    }
}
