//! X13: programs that contracts and modules upgrade and close through the loader, and modules that a
//! Solana transaction publishes; taken back or kept, nobody runs code that the state does not have.

use super::{moving::*, programs::*, world::*};
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::package::{compiled, publication};
use solana_loader_v3_interface::{
    get_program_data_address,
    instruction::{self as loader, UpgradeableLoaderInstruction},
};
use solana_signer::Signer;

/// What calls `0x42…FE` as it is told, and gives up.
const GIVES_UP: Address = Address::repeat_byte(0x3e);

fn gives_up() -> Vec<u8> {
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73];
    code.extend(CROSS_VM_ADDRESS);
    code.extend([0x5a, 0xf1, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd]);
    code
}

/// Who calls the loader.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Owner {
    Contract(Address),
    Module,
}

impl Owner {
    fn key(self, bob: &MoveUser) -> Pubkey {
        match self {
            Self::Contract(address) => evm_key(address),
            Self::Module => key_of(bob),
        }
    }
}

/// A world with a program that the owner may upgrade, the program, and a Move user.
fn owned(owner: Owner) -> (World, Keypair, MoveUser) {
    let mut world = World::new();
    let bob = move_user(&mut world, 5);
    world.memory.deploy(GIVES_UP, gives_up().into());
    let program = key(70);
    world.deploy(&program, 71, "one");
    world.next_block();
    let (alice, owner) = (world.alice.key(), owner.key(&bob));
    fund(&mut world.memory, &owner, 10 * SOL);
    let give = loader::set_upgrade_authority(&program.pubkey(), &alice, Some(&owner));
    assert!(world.here(&[], &[give]).success);
    world.next_block();
    assert_eq!(world.heard(&program), is("one"));
    (world, program, bob)
}

impl World {
    /// A buffer with other code, which belongs to the owner.
    fn buffer_of(&mut self, number: u8, text: &str, owner: &Pubkey) -> Pubkey {
        let buffer = self.buffer(number, text);
        let give = loader::set_buffer_authority(&buffer, &self.alice.key(), owner);
        assert!(self.here(&[], &[give]).success);
        buffer
    }

    /// The owner calls the loader; so that it lasts, or not.
    fn loads(
        &mut self,
        owner: Owner,
        bob: &mut MoveUser,
        step: &Instruction,
        lasts: bool,
    ) -> Executed {
        match (owner, lasts) {
            (Owner::Contract(RELAY), _) => self.evm(RELAY, &calls(step, &[])),
            (Owner::Contract(other), _) => self.evm(other, &input(step, &[])),
            (Owner::Module, true) => self.treasury(bob, "run", step),
            (Owner::Module, false) => self.treasury(bob, "run_and_fail", step),
        }
    }
}

fn upgrade(program: &Keypair, buffer: &Pubkey, owner: &Pubkey) -> Instruction {
    loader::upgrade(&program.pubkey(), buffer, owner, owner)
}

#[test]
fn x13_a_contract_or_a_module_upgrades_and_closes_a_program() {
    for owner in [Owner::Contract(RELAY), Owner::Module] {
        let (mut world, program, mut bob) = owned(owner);
        let authority = owner.key(&bob);
        let buffer = world.buffer_of(72, "two", &authority);
        let step = upgrade(&program, &buffer, &authority);
        let done = world.loads(owner, &mut bob, &step, true);
        assert!(done.success, "{owner:?}: {}", reason_of(&done.output));
        let heard = world.heard(&program);
        assert_ne!(heard, is("one"), "the old code is gone at once");
        world.next_block();
        assert_eq!(world.heard(&program), is("two"), "{owner:?}");
        let data = get_program_data_address(&program.pubkey());
        let close = loader::close_any(&data, &authority, Some(&authority), Some(&program.pubkey()));
        let done = world.loads(owner, &mut bob, &close, true);
        assert!(done.success, "{owner:?}: {}", reason_of(&done.output));
        assert_eq!(world.heard(&program), None);
        world.next_block();
        assert_eq!(world.heard(&program), None);
    }
}

#[test]
fn x13_an_upgrade_in_a_frame_that_fails_is_taken_back() {
    for owner in [Owner::Contract(GIVES_UP), Owner::Module] {
        let (mut world, program, mut bob) = owned(owner);
        let authority = owner.key(&bob);
        let buffer = world.buffer_of(72, "two", &authority);
        let before = world
            .memory
            .data(&get_program_data_address(&program.pubkey()));
        let step = upgrade(&program, &buffer, &authority);
        let done = world.loads(owner, &mut bob, &step, false);
        assert!(!done.success, "{owner:?}");
        if owner != Owner::Module {
            let one = U256::from(1).abi_encode();
            assert_eq!(done.output[..], one, "it was upgraded before");
        } else {
            assert!(status(&done).contains("EREFUSED"), "{}", status(&done));
        }
        let after = world
            .memory
            .data(&get_program_data_address(&program.pubkey()));
        assert_eq!(before, after);
        assert_eq!(world.heard(&program), is("one"), "{owner:?}: at once");
        world.next_block();
        assert_eq!(world.heard(&program), is("one"), "{owner:?}");
        // And nobody else upgrades it.
        let stolen = upgrade(&program, &buffer, &world.alice.key());
        assert!(!world.here(&[], &[stolen]).success);
        world.next_block();
        assert_eq!(world.heard(&program), is("one"), "{owner:?}");
    }
}

#[test]
fn x13_damaged_code_does_not_replace_what_is_there() {
    for owner in [Owner::Contract(RELAY), Owner::Module] {
        let (mut world, program, mut bob) = owned(owner);
        let authority = owner.key(&bob);
        let buffer = world.buffer(72, "two");
        // The machine of the file's head is another one.
        let write = UpgradeableLoaderInstruction::Write {
            offset: 18,
            bytes: vec![0x3e],
        };
        let data = write_data(&write);
        let alice = world.alice.key();
        let accounts = vec![
            AccountMeta::new(buffer, false),
            AccountMeta::new_readonly(alice, true),
        ];
        let damage = Instruction {
            program_id: solana_sdk_ids::bpf_loader_upgradeable::ID,
            accounts,
            data,
        };
        assert!(world.here(&[], &[damage]).success);
        let give = loader::set_buffer_authority(&buffer, &alice, &authority);
        assert!(world.here(&[], &[give]).success);
        let step = upgrade(&program, &buffer, &authority);
        let done = world.loads(owner, &mut bob, &step, true);
        assert!(!done.success, "{owner:?}");
        assert_eq!(world.heard(&program), is("one"), "{owner:?}");
        world.next_block();
        assert_eq!(world.heard(&program), is("one"), "{owner:?}");
    }
}

/// The tag of `Write`, an offset, and bytes after their count.
fn write_data(write: &UpgradeableLoaderInstruction) -> Vec<u8> {
    let UpgradeableLoaderInstruction::Write { offset, bytes } = write else {
        panic!("a write");
    };
    let count = bytes.len() as u64;
    [
        &1_u32.to_le_bytes()[..],
        &offset.to_le_bytes(),
        &count.to_le_bytes(),
        bytes,
    ]
    .concat()
}

const LETTER: &str = "module hazards::letter { public fun said(): u64 { NUMBER } }";

/// Publishes a module at the account that calls.
fn publishes(caller: &Pubkey, number: u64) -> Instruction {
    let text = LETTER.replace("NUMBER", &number.to_string());
    let (modules, _) = compiled(&text, MoveAddress(caller.to_bytes()));
    let metadata = publication("Letter", &modules).remove(0);
    // It is a vector of bytes in BCS: its length takes one or two of them.
    let length = if metadata[0] < 0x80 { 1 } else { 2 };
    let code: Vec<Bytes> = modules.into_iter().map(|(_, code)| code.into()).collect();
    let arguments = (Bytes::copy_from_slice(&metadata[length..]), code).abi_encode_params();
    let publish = moves("code", "publish_package_txn", arguments);
    cross((1, 0), caller, B256::with_last_byte(1), 0, &publish)
}

impl World {
    /// What the module says to another transaction.
    fn letter(&mut self, owner: &Pubkey) -> Option<u64> {
        let call = function(owner, (b256(owner), "letter", "said"), vec![]);
        let (outcome, _) = self.tried(call);
        outcome
            .is_success()
            .then(|| U256::from_be_slice(&outcome.output).to())
    }
}

#[test]
fn x13_a_module_that_a_solana_transaction_publishes_is_there_at_once() {
    let mut world = World::new();
    let alice = world.alice.key();
    let said = moves("letter", "said", vec![]);
    let said = cross((1, 0), &alice, b256(&alice), 0, &said);
    assert_eq!(world.letter(&alice), None);
    // Then an upgrade, for which what was compiled of the first has to go.
    for number in [7, 8] {
        let done = world.send(&[units(1_300_000), publishes(&alice, number)]);
        assert!(done.success, "{:?}", world.logs(&done));
        assert_eq!(world.letter(&alice), Some(number));
        let limit = units(1_000_000 + u32::try_from(number).unwrap());
        let done = world.here(&[], &[limit, said.clone()]);
        assert!(done.success, "{:?}", world.logs(&done));
        assert_eq!(U256::from_be_slice(&done.output), U256::from(number));
    }
}

#[test]
fn x13_a_module_of_a_solana_transaction_that_fails_is_gone() {
    let mut world = World::new();
    let alice = world.alice.key();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let limit = units(1_300_000);
    let fails = transfer(&alice, &bob, u64::MAX);
    let done = world.send(&[limit.clone(), publishes(&alice, 7), fails.clone()]);
    assert!(!done.success);
    assert_eq!(
        World::receipt(&done).error.as_ref().unwrap()[4],
        2,
        "the last instruction failed"
    );
    assert_eq!(world.letter(&alice), None);
    assert!(world.send(&[limit.clone(), publishes(&alice, 7)]).success);
    assert_eq!(world.letter(&alice), Some(7));
    let done = world.send(&[limit, publishes(&alice, 8), fails]);
    assert!(!done.success);
    assert_eq!(world.letter(&alice), Some(7));
}
