//! Programs that are deployed, upgraded and closed.

use crate::{cast::Cast, spl, step::LoaderStep};
use proptest::sample::Index;
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::{get_program_data_address, instruction as loader};
use solana_pubkey::Pubkey;
use std::sync::LazyLock;

/// Programs and buffers of the cast.
pub const PROGRAMS: usize = 2;
pub const BUFFERS: usize = 3;

/// Programs that return a text; the last one is broken.
static ELFS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    let [one, two, six] = ["one", "two", "six"].map(says);
    let mut broken = two.clone();
    broken[18] ^= 0x55;
    [one, two, six, broken]
});

fn says(text: &str) -> Vec<u8> {
    let source = format!(
        ".globl entrypoint\n.rodata\n  message: .ascii \"{text}\"\n.text\nentrypoint:\n  \
         lddw r1, message\n  mov64 r2, 3\n  call sol_set_return_data\n  mov64 r0, 0\n  exit\n"
    );
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    Assembler::new(options).assemble(&source).unwrap()
}

/// The first program, deployed.
pub fn scenes(cast: &Cast) -> [Vec<Instruction>; 2] {
    let (first, program, buffer) = (cast.users()[0], cast.programs()[0], cast.buffers()[0]);
    [
        fill(&first, &buffer, &ELFS[0]),
        deploy(&first, &program, &buffer, 512),
    ]
}

fn fill(user: &Pubkey, buffer: &Pubkey, elf: &[u8]) -> Vec<Instruction> {
    let lamports = spl::exempt(37 + elf.len() as u64);
    let mut steps = loader::create_buffer(user, buffer, user, lamports, elf.len()).unwrap();
    steps.push(loader::write(buffer, user, 0, elf.to_vec()));
    steps
}

fn deploy(user: &Pubkey, program: &Pubkey, buffer: &Pubkey, bytes: usize) -> Vec<Instruction> {
    let rent = spl::exempt(36);
    #[allow(deprecated)]
    let deploy = loader::deploy_with_max_program_len(user, program, buffer, user, rent, bytes);
    deploy.unwrap()
}

/// The instructions of a step; users are mostly the first one, who owns all at the beginning.
pub fn instructions(
    cast: &Cast,
    kind: LoaderStep,
    (a, b, c): (&Index, &Index, &Index),
    number: u32,
) -> Vec<Instruction> {
    let (first, second) = (cast.users()[0], cast.users()[1]);
    let user = match a.index(6) {
        0 => second,
        _ => first,
    };
    let (program, buffer) = (*b.get(cast.programs()), *c.get(cast.buffers()));
    let elf = &ELFS[(number % 5 % 4) as usize];
    let data = get_program_data_address(&program);
    match kind {
        LoaderStep::Fill => fill(&user, &buffer, elf),
        LoaderStep::Deploy => {
            // Mostly with place for more.
            let bytes = if number == 4 { 16 } else { 512 };
            deploy(&user, &program, &buffer, bytes)
        }
        LoaderStep::Upgrade => vec![loader::upgrade(&program, &buffer, &user, &user)],
        LoaderStep::Extend => vec![loader::extend_program(&program, Some(&user), number)],
        LoaderStep::GiveProgram => {
            let next = (number > 0).then_some(&first);
            vec![loader::set_upgrade_authority(&program, &user, next)]
        }
        LoaderStep::GiveBuffer => vec![loader::set_buffer_authority(&buffer, &user, &first)],
        LoaderStep::CloseProgram => {
            vec![loader::close_any(&data, &user, Some(&user), Some(&program))]
        }
        LoaderStep::CloseBuffer => vec![loader::close_any(&buffer, &user, Some(&user), None)],
        LoaderStep::Run => {
            // Now and then a buffer, which is no program.
            let program_id: Pubkey = if number == 3 { buffer } else { program };
            vec![Instruction {
                program_id,
                accounts: vec![AccountMeta::new_readonly(user, true)],
                data: number.to_le_bytes().to_vec(),
            }]
        }
    }
}
