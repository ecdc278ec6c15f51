//! What clients are told of a transaction: its tokens before and after.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::{B256, Bytes};
use chain::{Chain, keypair, sign};
use lumio_types::{SolanaReceipt, SolanaTransaction, TokenBalance, wei_of_lamports};
use lumio_vm_svm::{TOKEN, TOKEN_2022, account_id};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const SOL: u64 = 1_000_000_000;

fn receipt(chain: &mut Chain, steps: &[Instruction], signers: &[&Keypair]) -> SolanaReceipt {
    let versioned = sign(steps, signers, chain.blockhash());
    let transaction = SolanaTransaction {
        wire: Bytes::new(),
        signature: versioned.signatures[0].into(),
        hash: B256::ZERO,
        payer: account_id(&signers[0].pubkey()),
        versioned,
    };
    let vm = chain.vm.clone();
    chain.run(|host| {
        let sent = vm.transact(&transaction.versioned, host).unwrap();
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        sent.receipt(&transaction, host.journal()).unwrap()
    })
}

/// Whose token account holds how much.
fn amounts(receipt: &SolanaReceipt, balances: &[TokenBalance], of: &Pubkey) -> Option<u64> {
    let place = receipt
        .accounts
        .iter()
        .position(|account| account.id == account_id(of))?;
    let found = balances
        .iter()
        .find(|it| usize::from(it.account) == place)?;
    Some(found.amount)
}

fn transfer_of(program: &Pubkey) {
    let mut chain = Chain::new();
    let (alice, mint) = (keypair(1), keypair(10));
    let (a, b, m) = (alice.pubkey(), keypair(2).pubkey(), mint.pubkey());
    chain.give(&a, wei_of_lamports(10 * SOL));
    let on = |instruction| spl::on(program, instruction);
    let (from, to) = (
        spl::associated_of(program, &a, &m),
        spl::associated_of(program, &b, &m),
    );
    let make_mint = spl::make_mint(&a, &m).map(on);
    let made = receipt(&mut chain, &make_mint, &[&alice, &mint]);
    assert_eq!((made.tokens_before, made.tokens_after), (vec![], vec![]));

    let steps = [
        spl::make_associated_of(program, &a, &a, &m),
        spl::make_associated_of(program, &a, &b, &m),
        on(spl::mint_to(&m, &from, &a, 1_000)),
    ];
    let minted = receipt(&mut chain, &steps, &[&alice]);
    assert_eq!(minted.tokens_before, []);
    assert_eq!(amounts(&minted, &minted.tokens_after, &from), Some(1_000));
    assert_eq!(amounts(&minted, &minted.tokens_after, &to), Some(0));

    // The mint is none of its accounts.
    let moved = receipt(
        &mut chain,
        &[on(spl::transfer(&from, &to, &a, 300))],
        &[&alice],
    );
    assert!(moved.accounts.iter().all(|it| it.id != account_id(&m)));
    assert_eq!(amounts(&moved, &moved.tokens_before, &from), Some(1_000));
    assert_eq!(amounts(&moved, &moved.tokens_before, &to), Some(0));
    assert_eq!(amounts(&moved, &moved.tokens_after, &from), Some(700));
    assert_eq!(amounts(&moved, &moved.tokens_after, &to), Some(300));
    for balance in &moved.tokens_after {
        assert_eq!(balance.mint, account_id(&m));
        assert_eq!(balance.program, account_id(program));
        assert_eq!(balance.decimals, 6);
        let owner = match amounts(&moved, std::slice::from_ref(balance), &from) {
            Some(_) => a,
            None => b,
        };
        assert_eq!(balance.owner, account_id(&owner));
    }

    // An account that is closed holds nothing afterwards.
    let steps = [
        on(spl::burn(&from, &m, &a, 700)),
        on(spl::close(&from, &a, &a)),
    ];
    let closed = receipt(&mut chain, &steps, &[&alice]);
    assert_eq!(amounts(&closed, &closed.tokens_before, &from), Some(700));
    assert_eq!(closed.tokens_after, []);
}

#[test]
fn a_receipt_shows_tokens_before_and_after() {
    transfer_of(&TOKEN);
    transfer_of(&TOKEN_2022);
}
