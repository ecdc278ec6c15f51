//! Tokens with a face in the other machine: what an ERC-20's logs say to Move's clients, and what
//! Move's movements say to the EVM's.
//!
//! `0x1::faces` keeps the pairs. A contract whose asset Move shows is found by a resource at the
//! contract's own account; its `Transfer` gives the events of the two stores. What goes in and out of
//! the vault is a withdrawal or a deposit of Move's, which announces it itself.

use alloc::{borrow::ToOwned, vec, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, Log, LogData, U256, address, b256};
use lumio_state::{Fault, Journal, StateKey, Value};
use lumio_types::{AccountId, Event, EventOrigin, MoveEvent};
use sha3::{Digest, Sha3_256};

use crate::account_of;

/// The topic of `Transfer(address,address,uint256)`.
pub const TRANSFER: B256 =
    b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");

/// The EVM address of the account that holds tokens whose fungible asset is in no store:
/// `0x1::erc20::vault`.
const VAULT: Address = address!("ed0f566d0cfe2cbe484485309661cb3d68afde41");

/// The BCS of `0x1::faces::Contract`'s tag.
const CONTRACT: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\
    \x05faces\x08Contract\0";
/// The BCS of `0x1::fungible_asset::Face`'s tag.
const FACE: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\
    \x0efungible_asset\x04Face\0";
/// The BCS of `0x1::fungible_asset::FungibleStore`'s tag.
const STORE: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\
    \x0efungible_asset\x0dFungibleStore\0";

/// Last byte of the preimage of an address that derives from an account and an object.
const OBJECT_DERIVED_SCHEME: u8 = 0xFC;

/// One of Move's events of a movement.
struct Kind {
    type_tag: &'static str,
    /// The keccak256 of its canonical name.
    topic: B256,
}

const WITHDRAW: Kind = Kind {
    type_tag: "0x1::fungible_asset::Withdraw",
    topic: b256!("6c2b02028df672024caa797c9836ac5ef4a6255a833fb09e8a17c0472bdd3dfb"),
};
const DEPOSIT: Kind = Kind {
    type_tag: "0x1::fungible_asset::Deposit",
    topic: b256!("1b8bb19f18617b918c08cfd19b2fe367c9b76276d1e9a3b99f3bcdaaa6ec98f7"),
};

/// A log in which a contract says that it has moved tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Movement {
    from: Address,
    to: Address,
    amount: U256,
}

impl Movement {
    /// Reads a log, if it is a `Transfer` of ERC-20: that of an NFT has a topic more.
    fn of(log: &Log) -> Option<Self> {
        let [TRANSFER, from, to] = log.topics() else {
            return None;
        };
        let amount = B256::try_from(log.data.data.as_ref()).ok()?;
        Some(Self {
            from: party(from)?,
            to: party(to)?,
            amount: amount.into(),
        })
    }
}

/// The address in a topic.
fn party(topic: &B256) -> Option<Address> {
    let (padding, tail) = topic.split_at_checked(12)?;
    let is_address = padding.iter().all(|byte| *byte == 0);
    is_address.then(|| Address::from_slice(tail))
}

/// The `Transfer` log of a contract that is the face of a Move asset.
pub fn transfer_log(contract: Address, from: Address, to: Address, amount: u64) -> Log {
    let topics = vec![TRANSFER, from.into_word(), to.into_word()];
    let amount = Bytes::from(U256::from(amount).to_be_bytes_vec());
    Log {
        address: contract,
        data: LogData::new_unchecked(topics, amount),
    }
}

/// Emits what a log of the EVM means to Move's clients: if it is a `Transfer` of a contract whose
/// asset Move shows, a withdrawal and a deposit. Amounts are rounded down to whole units of the asset,
/// and the largest is 2^64 - 1; of nothing there is no event.
///
/// # Errors
/// When the state cannot be read.
fn announce(journal: &mut Journal<'_>, log: &Log) -> Result<(), Fault> {
    let Some(movement) = Movement::of(log) else {
        return Ok(());
    };
    let contract = AccountId::from_evm(log.address);
    let Some(metadata) = resource(journal, contract, CONTRACT)? else {
        return Ok(());
    };
    if [movement.from, movement.to].contains(&VAULT) {
        return Ok(());
    }
    let metadata = B256::try_from(&*metadata).map_err(|_| damaged())?;
    let face = resource(journal, AccountId(metadata), FACE)?.ok_or_else(damaged)?;
    // The contract's account, whether it keeps the balances, the unit.
    let unit = face
        .get(33..)
        .and_then(|unit| Some(U256::from_le_bytes(*unit.first_chunk::<32>()?)));
    let units = unit.and_then(|unit| movement.amount.checked_div(unit));
    let amount = units.ok_or_else(damaged)?.saturating_to::<u64>();
    if amount == 0 {
        return Ok(());
    }
    for (party, kind) in [(movement.from, WITHDRAW), (movement.to, DEPOSIT)] {
        // Tokens come from nowhere when they are minted, and go there when they are burnt.
        if !party.is_zero() {
            let store = store_of(journal, party, metadata)?;
            journal.emit(event(&kind, store, amount));
        }
    }
    Ok(())
}

/// Emits a log of a contract of the EVM, and before it what it means to Move's clients, so that the
/// log is the newest event.
///
/// # Errors
/// When the state cannot be read.
pub fn emit_log(journal: &mut Journal<'_>, log: Log) -> Result<(), Fault> {
    announce(journal, &log)?;
    journal.emit(Event {
        origin: EventOrigin::Evm,
        log,
    });
    Ok(())
}

#[cold]
fn damaged() -> Fault {
    Fault::Bug("the face of a contract is damaged".to_owned())
}

fn resource(
    journal: &mut Journal<'_>,
    owner: AccountId,
    tag: &'static [u8],
) -> Result<Option<Value>, Fault> {
    journal.read(&StateKey::MoveResource(owner, Bytes::from_static(tag)))
}

/// The store of a holder: the account itself if it is one, else its primary store, which need not have
/// been created.
fn store_of(journal: &mut Journal<'_>, holder: Address, metadata: B256) -> Result<B256, Fault> {
    let account = account_of(journal, holder)?;
    if account != AccountId::from_evm(holder)
        && let Some(store) = resource(journal, account, STORE)?
        && store.starts_with(metadata.as_slice())
    {
        return Ok(account.0);
    }
    let mut hasher = Sha3_256::new_with_prefix(account.0);
    hasher.update(metadata);
    hasher.update([OBJECT_DERIVED_SCHEME]);
    let hash: [u8; 32] = hasher.finalize().into();
    Ok(hash.into())
}

fn event(kind: &Kind, store: B256, amount: u64) -> Event {
    let mut data = Vec::from(store.0);
    data.extend(amount.to_le_bytes());
    Event {
        origin: EventOrigin::Move(MoveEvent {
            type_tag: kind.type_tag.into(),
            handle: None,
        }),
        log: Log {
            address: address!("0000000000000000000000000000000000000001"),
            data: LogData::new_unchecked(vec![kind.topic], data.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::keccak256;

    #[test]
    fn constants_are_what_they_stand_for() {
        let mut vault = [0; 32];
        vault[..17].copy_from_slice(b"lumio/erc20/vault");
        assert_eq!(VAULT, AccountId(vault.into()).evm_address());
        assert_eq!(TRANSFER, keccak256("Transfer(address,address,uint256)"));
        for kind in [WITHDRAW, DEPOSIT] {
            let name = kind.type_tag.trim_start_matches("0x1::");
            assert_eq!(
                kind.topic,
                keccak256(alloc::format!("{:0>64}::{name}", "1"))
            );
        }
    }

    #[test]
    fn only_an_erc20_transfer_is_a_movement() {
        let (from, to) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let log = transfer_log(Address::repeat_byte(3), from, to, 7);
        let amount = U256::from(7);
        assert_eq!(Movement::of(&log), Some(Movement { from, to, amount }));
        let changed = |change: fn(&mut Vec<B256>, &mut Vec<u8>)| {
            let (mut topics, mut data) = (log.topics().to_vec(), log.data.data.to_vec());
            change(&mut topics, &mut data);
            let data = LogData::new_unchecked(topics, data.into());
            Movement::of(&Log {
                address: log.address,
                data,
            })
        };
        assert_eq!(changed(|topics, _| topics.push(B256::ZERO)), None);
        assert_eq!(changed(|_, data| data.push(0)), None);
        assert_eq!(changed(|topics, _| topics[1].0[0] = 1), None);
        assert_eq!(changed(|topics, _| topics[0].0[0] = 1), None);
    }
}
