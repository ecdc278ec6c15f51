//! Random transfers of one token by all machines, some in one transaction: the naive model has what
//! everybody must have, and the supply never changes.

use super::*;
use lumio_tests::faces::IFaces;
use proptest::prelude::*;

/// Who moves something to whom, and by which machine.
#[derive(Clone, Copy, Debug)]
enum Step {
    Solana(usize, u64),
    Evm(usize, u64),
    Move(usize, u64),
    /// Of the first one who gets something, back to Alice by the EVM's user.
    Give(u64),
}

const HOLDERS: usize = 2;

fn step(machine: u8) -> impl Strategy<Value = Step> {
    let amount = prop_oneof![0_u64..50, Just(400)];
    (0..HOLDERS, amount).prop_map(move |(to, amount)| match machine {
        0 => Step::Solana(to, amount),
        1 => Step::Evm(to, amount),
        2 => Step::Move(to, amount),
        _ => Step::Give(amount),
    })
}

/// As much as fits into a transaction of Solana, in any order.
fn transaction() -> impl Strategy<Value = Vec<Step>> {
    let machines = proptest::sample::subsequence(vec![0_u8, 0, 1, 2, 3], 1..=5);
    machines
        .prop_shuffle()
        .prop_flat_map(|machines| machines.into_iter().map(step).collect::<Vec<_>>())
}

/// One in the EVM and on Solana, and in Move by the asset.
fn instruction(it: &Shown, holders: &[Pubkey], asset: B256, step: Step) -> Instruction {
    let alice = it.world.alice.key();
    let mut instruction = match step {
        Step::Solana(to, amount) => {
            return it.pays(&associated(&holders[to], &it.mint), amount);
        }
        Step::Evm(to, amount) => {
            let to = id_of(&holders[to]).evm_address();
            let amount = super::units(amount);
            let input = IERC20::transferCall { to, amount }.abi_encode();
            cross((0, 0), &alice, it.token.into_word(), 0, &input)
        }
        Step::Move(to, amount) => {
            let call = MoveCall {
                module: "primary_fungible_store".into(),
                function: "transfer".into(),
                typeArguments: vec!["0x1::fungible_asset::Metadata".into()],
                arguments: (asset, b256(&holders[to]), amount)
                    .abi_encode_params()
                    .into(),
            };
            cross((1, 0), &alice, B256::with_last_byte(1), 0, &call.to_input())
        }
        Step::Give(_) => unreachable!("a transaction of the EVM"),
    };
    instruction.accounts.push(AccountMeta::new(it.alice, false));
    for holder in holders {
        let account = associated(holder, &it.mint);
        instruction.accounts.push(AccountMeta::new(account, false));
    }
    instruction
        .accounts
        .push(AccountMeta::new_readonly(TOKEN, false));
    instruction
}

fn check(steps: &[Vec<Step>]) {
    let mut it = Shown::new();
    let created = it.world.evm(
        REGISTRY,
        &IFaces::createAssetCall { erc20: it.token }.abi_encode(),
    );
    assert!(created.success, "{}", reason_of(&created.output));
    let asset = B256::from_slice(&created.output);
    let holders = [0xa0_u8, 0xa1].map(|byte| Pubkey::new_from_array([byte; 32]));
    for holder in &holders {
        let made = it.make(holder);
        it.succeed(&[made]);
    }
    // Alice begins with a thousand units.
    let alice = it.world.alice.key();
    it.behave(0);
    let rest = IERC20::transferCall {
        to: it.world.user.address(),
        amount: super::units(10 * ONE - 1_000),
    };
    let back = cross((0, 0), &alice, it.token.into_word(), 0, &rest.abi_encode());
    it.succeed(&[back]);
    let (mut model, mut mine) = (vec![0_u64; HOLDERS], 1_000_u64);
    for transaction in steps {
        let (mut now, mut left, mut fits) = (model.clone(), mine, true);
        let mut instructions = vec![super::super::world::units(1_400_000)];
        for step in transaction {
            match *step {
                Step::Give(amount) => {
                    it.give(&alice, amount);
                    (left, mine) = (left + amount, mine + amount);
                }
                Step::Solana(to, amount) | Step::Evm(to, amount) | Step::Move(to, amount) => {
                    fits &= amount <= left;
                    left = left.saturating_sub(amount);
                    now[to] += amount;
                    instructions.push(instruction(&it, &holders, asset, *step));
                }
            }
        }
        // What is given in the EVM comes before the transaction of Solana.
        let order = transaction
            .iter()
            .filter(|step| !matches!(step, Step::Give(_)));
        let spent: u64 = order
            .map(|step| match step {
                Step::Solana(_, amount) | Step::Evm(_, amount) | Step::Move(_, amount) => *amount,
                Step::Give(_) => 0,
            })
            .sum();
        fits = fits || spent <= mine;
        let done = it.world.send(&instructions);
        assert_eq!(
            done.success,
            fits,
            "{transaction:?} {:?}",
            it.world.logs(&done)
        );
        if fits {
            (model, mine) = (now, mine - spent);
        }
        assert_eq!(it.has_key(&alice), super::units(mine), "{transaction:?}");
        for (holder, has) in holders.iter().zip(&model) {
            assert_eq!(it.has_key(holder), super::units(*has), "{transaction:?}");
        }
        if fits {
            let (_, after) = Shown::told(&done);
            let shown: u64 = after.iter().map(|(_, amount)| amount).sum();
            let all = model.iter().sum::<u64>() + mine;
            assert!(shown <= all, "{shown} {all}");
        }
    }
    let user = it.world.user.address();
    let all = model.iter().sum::<u64>() + mine;
    assert_eq!(it.has(user) + super::units(all), super::units(1_000 * ONE));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn transfers_of_all_machines_conserve_the_supply(
        steps in proptest::collection::vec(transaction(), 1..8),
    ) {
        check(&steps);
    }
}
