//! Who looks at a token account that shows an ERC-20 sees what the contract says: contracts, modules,
//! and calls that a transaction has queued.

use super::*;
use lumio_tests::faces::IFaces;

sol! {
    function solanaAccount(bytes32 id) external view returns (bytes32 owner, bool executable, bytes data);
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
}

/// What a contract reads.
fn amount(it: &mut Shown, key: &Pubkey, place: usize) -> Result<u64, String> {
    let input = solanaAccountCall { id: b256(key) }.abi_encode();
    let done = it.world.evm(RELAY, &relayed(CROSS_VM_ADDRESS, &input));
    if !done.success {
        return Err(reason_of(&done.output));
    }
    let account = solanaAccountCall::abi_decode_returns(&done.output).unwrap();
    assert_eq!(account.owner, b256(&TOKEN));
    let bytes = account.data[place..place + 8].try_into().unwrap();
    Ok(u64::from_le_bytes(bytes))
}

/// What a Move module reads.
fn amount_in_move(it: &mut Shown, key: &Pubkey) -> Result<u64, String> {
    let call = callMoveCall {
        module: B256::with_last_byte(1),
        name: "spl_token".into(),
        r#fn: "balance".into(),
        typeArgs: vec![],
        args: b256(key).abi_encode().into(),
    };
    let done = it
        .world
        .evm(RELAY, &relayed(CROSS_VM_ADDRESS, &call.abi_encode()));
    match done.success {
        true => {
            let returned = callMoveCall::abi_decode_returns(&done.output).unwrap();
            Ok(u64::abi_decode(&returned).unwrap())
        }
        false => Err(reason_of(&done.output)),
    }
}

#[test]
fn contracts_and_modules_read_what_the_erc20_keeps() {
    let mut it = Shown::new();
    let (account, mint) = (it.alice, it.mint);
    assert_eq!(amount(&mut it, &account, 64), Ok(10 * ONE));
    assert_eq!(amount(&mut it, &mint, 36), Ok(1_000 * ONE));
    assert_eq!(amount_in_move(&mut it, &account), Ok(10 * ONE));
    let alice = it.world.alice.key();
    it.give(&alice, 1);
    assert_eq!(amount(&mut it, &account, 64), Ok(10 * ONE + 1));
    assert_eq!(amount_in_move(&mut it, &account), Ok(10 * ONE + 1));
    // A contract that does not say how much there is leaves nobody with a wrong number.
    it.behave(8);
    let why = amount(&mut it, &account, 64).unwrap_err();
    assert!(why.contains("does not say"), "{why}");
    let why = amount_in_move(&mut it, &account).unwrap_err();
    assert!(why.contains("does not say"), "{why}");
    assert_eq!(amount(&mut it, &mint, 36), Ok(1_000 * ONE));
}

#[test]
fn a_queued_call_finds_what_was_moved_and_its_own_movements_are_shown() {
    let mut it = Shown::new();
    let (alice, bob) = (it.world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let to = associated(&bob, &it.mint);
    let made = it.make(&bob);
    it.succeed(&[made]);
    let amount = units(10 * ONE - 7);
    let input = IERC20::transferCall {
        to: id_of(&bob).evm_address(),
        amount,
    };
    let mut queued = cross((0, 4), &alice, it.token.into_word(), 0, &input.abi_encode());
    queued.accounts.truncate(1);
    let done = it.succeed(&[queued.clone(), it.pays(&to, 5)]);
    let (_, after) = Shown::told(&done);
    let mut after: Vec<u64> = after.iter().map(|(_, amount)| *amount).collect();
    after.sort_unstable();
    assert_eq!(after, [2, 10 * ONE - 2]);
    assert_eq!(it.has_key(&alice), units(2));
    // It runs after the transaction's own movements.
    it.give(&alice, 10 * ONE - 2);
    let reason = it.fail(&[queued, it.pays(&to, 8)]);
    assert!(reason.contains("custom program error: 0x4"), "{reason}");
}

/// A fungible asset of Move, its contract, and the mint of that: the same on all machines.
#[test]
fn the_mint_of_a_fungible_asset_counts_as_the_asset_does() {
    let mut it = Shown::new();
    let created = it.world.evm(
        REGISTRY,
        &IFaces::createAssetCall { erc20: it.token }.abi_encode(),
    );
    let asset = B256::from_slice(&created.output);
    // The asset of an ERC-20 has that contract, and so its mint.
    let erc20 = ask(&mut it.world, IFaces::erc20OfCall { metadata: asset });
    assert_eq!(erc20, it.token);
    let mint = ask(&mut it.world, IMints::mintOfCall { erc20 });
    assert_eq!(mint, b256(&it.mint));
}
