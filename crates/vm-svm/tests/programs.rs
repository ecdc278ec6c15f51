//! Programs that are deployed, upgraded and closed; and that none outlives the state that has it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use chain::{Chain, keypair, sign};
use lumio_types::wei_of_lamports;
use lumio_vm_bus::Host;
use lumio_vm_svm::SvmTransacted;
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{get_program_data_address, instruction as loader};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const SOL: u64 = 1_000_000_000;

/// A program that returns a text of three letters.
fn program(text: &str) -> Vec<u8> {
    assert_eq!(text.len(), 3);
    let source = format!(
        ".globl entrypoint\n.rodata\n  message: .ascii \"{text}\"\n.text\nentrypoint:\n  \
         lddw r1, message\n  mov64 r2, 3\n  call sol_set_return_data\n  mov64 r0, 0\n  exit\n"
    );
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    Assembler::new(options).assemble(&source).unwrap()
}

/// Who deploys, and where.
struct Deployer {
    payer: Keypair,
    program: Keypair,
    buffers: u64,
    runs: u64,
}

impl Deployer {
    fn new(chain: &mut Chain) -> Self {
        let payer = keypair(1);
        chain.give(&payer.pubkey(), wei_of_lamports(100 * SOL));
        Self {
            payer,
            program: keypair(2),
            buffers: 100,
            runs: 0,
        }
    }

    fn id(&self) -> Pubkey {
        self.program.pubkey()
    }

    /// Writes code into a new buffer.
    fn buffer(&mut self, chain: &mut Chain, elf: &[u8]) -> Pubkey {
        self.buffers += 1;
        let (payer, buffer) = (self.payer.pubkey(), keypair(self.buffers));
        let lamports = spl::exempt(37 + elf.len() as u64);
        let make = loader::create_buffer(&payer, &buffer.pubkey(), &payer, lamports, elf.len());
        chain.send(&make.unwrap(), &[&self.payer, &buffer]);
        for (number, chunk) in elf.chunks(800).enumerate() {
            let offset = u32::try_from(number * 800).unwrap();
            let write = loader::write(&buffer.pubkey(), &payer, offset, chunk.to_vec());
            chain.send(&[write], &[&self.payer]);
        }
        buffer.pubkey()
    }

    fn deploy(&mut self, chain: &mut Chain, elf: &[u8]) {
        let buffer = self.buffer(chain, elf);
        let deploy = self.deployment(&buffer, elf.len() * 2);
        chain.send(&deploy, &[&self.payer, &self.program]);
    }

    /// The instructions that make a program of a buffer, with place for so many bytes.
    fn deployment(&self, buffer: &Pubkey, bytes: usize) -> Vec<Instruction> {
        let (payer, program) = (self.payer.pubkey(), self.id());
        #[allow(deprecated)]
        let deploy = loader::deploy_with_max_program_len(
            &payer,
            &program,
            buffer,
            &payer,
            spl::exempt(36),
            bytes,
        );
        deploy.unwrap()
    }

    fn upgrade(&mut self, chain: &mut Chain, elf: &[u8]) {
        let buffer = self.buffer(chain, elf);
        let payer = self.payer.pubkey();
        let upgrade = loader::upgrade(&self.id(), &buffer, &payer, &payer);
        chain.send(&[upgrade], &[&self.payer]);
    }

    fn close(&self, chain: &mut Chain) {
        let (payer, program) = (self.payer.pubkey(), self.id());
        let data = get_program_data_address(&program);
        let close = loader::close_any(&data, &payer, Some(&payer), Some(&program));
        chain.send(&[close], &[&self.payer]);
    }

    fn run(&mut self, chain: &mut Chain) -> SvmTransacted {
        // The program does not read it; but no transaction comes twice.
        self.runs += 1;
        let run = Instruction {
            program_id: self.id(),
            accounts: Vec::new(),
            data: self.runs.to_le_bytes().to_vec(),
        };
        let transaction = sign(&[run], &[&self.payer], chain.blockhash());
        chain.try_send(&transaction).unwrap()
    }

    /// What the program returns.
    fn says(&mut self, chain: &mut Chain) -> String {
        let sent = self.run(chain);
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        String::from_utf8(sent.return_data.data).unwrap()
    }
}

#[test]
fn a_program_is_deployed_upgraded_and_closed() {
    let mut chain = Chain::new();
    let mut deployer = Deployer::new(&mut chain);
    let supply = chain.supply();
    deployer.deploy(&mut chain, &program("one"));
    assert!(
        deployer.run(&mut chain).status.is_err(),
        "not in the same block"
    );
    chain.next_block();
    assert_eq!(deployer.says(&mut chain), "one");
    deployer.upgrade(&mut chain, &program("two"));
    assert!(
        deployer.run(&mut chain).status.is_err(),
        "not in the same block"
    );
    chain.next_block();
    assert_eq!(deployer.says(&mut chain), "two");
    deployer.close(&mut chain);
    assert!(deployer.run(&mut chain).status.is_err());
    chain.next_block();
    assert!(deployer.run(&mut chain).status.is_err());
    assert_eq!(chain.supply(), supply);
}

#[test]
fn a_reorganisation_leaves_no_stale_program() {
    let mut chain = Chain::new();
    let mut deployer = Deployer::new(&mut chain);
    deployer.deploy(&mut chain, &program("one"));
    chain.next_block();
    assert_eq!(deployer.says(&mut chain), "one");
    let (state, env) = (chain.state.clone(), chain.env.clone());
    let back = |chain: &mut Chain| {
        chain.state = state.clone();
        chain.env = env.clone();
    };
    // Two branches, each with another upgrade at the same slot, and one without.
    for text in ["two", "six", "two"] {
        deployer.upgrade(&mut chain, &program(text));
        chain.next_block();
        assert_eq!(deployer.says(&mut chain), text);
        back(&mut chain);
        assert_eq!(deployer.says(&mut chain), "one");
        chain.next_block();
        assert_eq!(deployer.says(&mut chain), "one");
        back(&mut chain);
    }
    deployer.close(&mut chain);
    chain.next_block();
    assert!(deployer.run(&mut chain).status.is_err());
    back(&mut chain);
    assert_eq!(deployer.says(&mut chain), "one");
}

#[test]
fn a_reverted_deploy_leaves_no_stale_program() {
    let mut chain = Chain::new();
    let mut deployer = Deployer::new(&mut chain);
    deployer.deploy(&mut chain, &program("one"));
    chain.next_block();
    let buffer = deployer.buffer(&mut chain, &program("two"));
    let payer = deployer.payer.pubkey();
    let upgrade = loader::upgrade(&deployer.id(), &buffer, &payer, &payer);
    let upgrade = sign(&[upgrade], &[&deployer.payer], chain.blockhash());
    let run = Instruction {
        program_id: deployer.id(),
        accounts: Vec::new(),
        data: Vec::new(),
    };
    let run = sign(&[run], &[&deployer.payer], chain.blockhash());
    let vm = chain.vm.clone();
    // In one journal, with the clock put on for what is to see the upgrade.
    let view = chain.state.clone();
    let mut later = chain.env.clone();
    later.block.number += 1;
    let mut journal = lumio_state::Journal::new(&view);
    let vms = lumio_vm_bus::Vms {
        evm: &lumio_vm_bus::Absent,
        move_vm: &lumio_vm_bus::Absent,
        svm: &lumio_vm_bus::Absent,
    };
    let checkpoint = journal.checkpoint();
    for (env, transaction, expected) in [(&chain.env, &upgrade, ""), (&later, &run, "two")] {
        let mut bus = lumio_vm_bus::Bus::new(&mut journal, env, vms, chain::GAS);
        let sent = vm
            .transact(transaction, &mut bus as &mut dyn Host<'_>)
            .unwrap();
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        assert_eq!(sent.return_data.data, expected.as_bytes());
    }
    journal.revert(checkpoint);
    let mut bus = lumio_vm_bus::Bus::new(&mut journal, &later, vms, chain::GAS);
    let sent = vm.transact(&run, &mut bus).unwrap();
    assert_eq!(sent.return_data.data, b"one");
}

#[test]
fn threads_that_share_programs_do_not_see_each_others() {
    let mut chain = Chain::new();
    let mut deployer = Deployer::new(&mut chain);
    deployer.deploy(&mut chain, &program("one"));
    chain.next_block();
    std::thread::scope(|scope| {
        for text in ["abc", "def", "ghi", "jkl"] {
            let mut chain = Chain {
                vm: chain.vm.clone(),
                state: chain.state.clone(),
                env: chain.env.clone(),
                evm: chain.evm.clone(),
                messages: Vec::new(),
                hashes: chain.hashes.clone(),
            };
            let mut deployer = Deployer {
                payer: deployer.payer.insecure_clone(),
                program: deployer.program.insecure_clone(),
                ..deployer
            };
            scope.spawn(move || {
                for round in 0..20 {
                    let expected = if round % 2 == 0 { "one" } else { text };
                    assert_eq!(deployer.says(&mut chain), expected);
                    let next = if round % 2 == 0 { text } else { "one" };
                    deployer.upgrade(&mut chain, &program(next));
                    chain.next_block();
                }
            });
        }
    });
}

#[test]
fn broken_code_is_not_deployed() {
    let mut chain = Chain::new();
    let mut deployer = Deployer::new(&mut chain);
    let good = program("one");
    for cut in [0, 1, 16, 64, good.len() / 2] {
        let mut broken = good.clone();
        broken[cut] ^= 0x55;
        broken.truncate(good.len() - cut % 7);
        let buffer = deployer.buffer(&mut chain, &broken);
        let deploy = deployer.deployment(&buffer, broken.len());
        let signers = [&deployer.payer, &deployer.program];
        let transaction = sign(&deploy, &signers, chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        if cut < 64 {
            assert!(sent.status.is_err(), "byte {cut}");
        }
        if sent.status.is_ok() {
            break;
        }
        assert!(chain.account(&deployer.id()).is_none());
    }
}

/// What programs can do, and what it costs them, depends on the runtime's features. A chain's are
/// those of the pinned runtime: other ones would be another chain.
#[test]
fn the_features_of_the_chain_are_frozen() {
    let features = litesvm::LiteSVM::mainnet_feature_set();
    let mut active: Vec<[u8; 32]> = features.active().keys().map(Pubkey::to_bytes).collect();
    active.sort_unstable();
    let hash = alloy_primitives::keccak256(active.concat());
    let expected = "0xb7218d99227d669bced57ab2629c6ba68e81961d5da97bcd2958fca51bc35e74";
    assert_eq!((active.len(), hash.to_string().as_str()), (242, expected));
}
