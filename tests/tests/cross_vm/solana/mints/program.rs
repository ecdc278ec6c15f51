//! A program that moves tokens, calls the EVM, and looks at its accounts after each.

use super::*;

const INPUT: u64 = 0x4_0000_0000;
const HEAP: u64 = 0x3_0000_0000;
/// Where the program's data has the second instruction.
const SECOND: u64 = 16;

/// A program with accounts of these sizes: who signs, two token accounts, SPL Token, the cross-VM
/// program, the vault, the system program. Its data are two instructions, of SPL Token with 9 bytes
/// and of the cross-VM program. It returns what the token accounts hold after each.
fn program(sizes: [u64; 7], second_bytes: u64) -> Vec<u8> {
    let mut at = INPUT + 8;
    let mut places = Vec::new();
    for size in sizes {
        places.push(at);
        at += 88 + (size + 10_240).next_multiple_of(8) + 8;
    }
    let data = at + 8;
    let mut words = Vec::new();
    let mut instruction = |head: u64, program: usize, metas: &[(usize, u64)], data: (u64, u64)| {
        let key = |place: usize| places[place] + 8;
        let list = [
            key(program),
            HEAP + head + 0x40,
            metas.len() as u64,
            data.0,
            data.1,
        ];
        words.extend((0..).zip(list).map(|(n, word)| (head + 8 * n, word)));
        for (n, (place, flags)) in (0_u64..).zip(metas) {
            let meta = head + 0x40 + 16 * n;
            words.extend([(meta, key(*place)), (meta + 8, *flags)]);
        }
    };
    const WRITABLE: u64 = 1;
    const SIGNER: u64 = 1 << 8;
    let token = [(1, WRITABLE), (2, WRITABLE), (0, SIGNER)];
    instruction(0, 3, &token, (data, 9));
    let cross = [
        (0, SIGNER | WRITABLE),
        (5, WRITABLE),
        (6, 0),
        (1, WRITABLE),
        (2, WRITABLE),
    ];
    instruction(0x100, 4, &cross, (data + SECOND, second_bytes));
    for (n, place) in (0_u64..).zip(&places) {
        let flags = u64::from(n == 0) | u64::from([0, 1, 2, 5].contains(&n)) << 8;
        let size = sizes[usize::try_from(n).unwrap()];
        let info = [
            place + 8,
            place + 72,
            size,
            place + 88,
            place + 40,
            u64::MAX,
            flags,
        ];
        let info = (0..).zip(info);
        words.extend(info.map(|(k, word)| (0x300 + 56 * n + 8 * k, word)));
    }
    let mut source = String::from(".globl entrypoint\n.text\nentrypoint:\n");
    for (offset, word) in words {
        let place = HEAP + offset;
        source += &format!("  lddw r1, {place:#x}\n  lddw r2, {word:#x}\n  stxdw [r1+0], r2\n");
    }
    for (n, head) in [(0, 0), (2, 0x100)] {
        let arguments = [HEAP + head, HEAP + 0x300, 7, 0, 0];
        for (register, word) in (1..).zip(arguments) {
            source += &format!("  lddw r{register}, {word:#x}\n");
        }
        source += "  call sol_invoke_signed_c\n";
        for (n, account) in (n..).zip([1, 2]) {
            let (amount, place) = (places[account] + 88 + 64, HEAP + 0x700 + 8 * n);
            source += &format!("  lddw r1, {amount:#x}\n  ldxdw r2, [r1+0]\n");
            source += &format!("  lddw r1, {place:#x}\n  stxdw [r1+0], r2\n");
        }
    }
    let said = HEAP + 0x700;
    source += &format!("  lddw r1, {said:#x}\n  lddw r2, 32\n  call sol_set_return_data\n");
    source += "  mov64 r0, 0\n  exit\n";
    assembled(&source)
}

#[test]
fn a_program_sees_what_the_evm_has_moved_meanwhile() {
    let mut it = Shown::new();
    let (alice, bob) = (it.world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let to = associated(&bob, &it.mint);
    let made = it.make(&bob);
    it.succeed(&[made]);
    let transfer = IERC20::transferCall {
        to: id_of(&bob).evm_address(),
        amount: units(300) + U256::from(1),
    };
    let input = transfer.abi_encode();
    let cross = cross((0, 0), &alice, it.token.into_word(), 0, &input);
    let size = |it: &Shown, key: &Pubkey| it.world.memory.data(key).len() as u64;
    let token_bytes = size(&it, &TOKEN);
    let sizes = [0, 165, 165, token_bytes, 16, 0, 14];
    let id = Pubkey::new_from_array([0x9e; 32]);
    let elf = program(sizes, cross.data.len() as u64);
    it.world.memory.put_program(&id, &elf);
    let mut data = [&[3][..], &20_u64.to_le_bytes()].concat();
    data.resize(usize::try_from(SECOND).unwrap(), 0);
    data.extend(&cross.data);
    let run = Instruction {
        program_id: id,
        accounts: vec![
            AccountMeta::new(alice, true),
            AccountMeta::new(it.alice, false),
            AccountMeta::new(to, false),
            AccountMeta::new_readonly(TOKEN, false),
            AccountMeta::new_readonly(CROSS_VM, false),
            AccountMeta::new(CROSS_VM_VAULT, false),
            AccountMeta::new_readonly(Pubkey::default(), false),
        ],
        data,
    };
    let done = it.succeed(&[run]);
    let told = |place: usize| u64::from_le_bytes(done.output[8 * place..][..8].try_into().unwrap());
    // The remainder that went makes a unit less.
    let all = 10 * ONE;
    assert_eq!([told(0), told(1)], [all - 20, 20]);
    assert_eq!([told(2), told(3)], [all - 321, 320]);
    assert_eq!(it.has_key(&bob), units(320) + U256::from(1));
    assert_eq!(it.has_key(&alice), units(all - 320) - U256::from(1));
    // Clients are told of what programs have invoked, and of nothing else.
    let invoked = &World::receipt(&done).inner_instructions;
    assert_eq!(invoked.len(), 1);
    assert_eq!(invoked[0].1.len(), 2, "{invoked:?}");
}
