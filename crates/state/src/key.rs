//! State keys: one namespace for each kind of data.
//!
//! The encoding starts with the namespace's byte and continues with fields of
//! fixed width, a variable one at most at the end. The order of encodings is
//! therefore the order by namespace, then owner, then the rest, and all
//! storage of one contract is one range.

use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256};
use core::hash::{Hash, Hasher};
use lumio_types::AccountId;

/// The name of one value in the world state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateKey {
    /// Wei of an account, under its EVM address form. A 256-bit word.
    Balance(Address),
    /// Nonce and code hash of an EVM account: an
    /// [`AccountRecord`](crate::AccountRecord).
    EvmAccount(Address),
    /// A word of a contract's storage. Zero is the absence of the key.
    EvmStorage(Address, U256),
    /// Bytecode by its keccak256.
    EvmCode(B256),
    /// The account id behind a hashed EVM address form.
    Link(Address),
    /// A Move resource: its owner and its struct tag.
    MoveResource(AccountId, Bytes),
    /// A Move module: its owner and its name.
    MoveModule(AccountId, Bytes),
    /// An item of a Move table: the handle and the key.
    MoveTableItem(B256, Bytes),
    /// A Solana account without its lamports, which are in the ledger.
    SvmAccount(AccountId),
    /// That a Solana transaction was in a block, by its message's hash.
    SvmMessage(B256),
    /// What the chain keeps for itself, such as Solana's recent blockhashes.
    System(Bytes),
}

/// Bytes that encode no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state key: unknown namespace or wrong length")]
pub struct KeyError;

impl StateKey {
    const BALANCE: u8 = 0x01;
    const EVM_ACCOUNT: u8 = 0x02;
    const EVM_STORAGE: u8 = 0x03;
    const EVM_CODE: u8 = 0x04;
    const LINK: u8 = 0x05;
    const MOVE_RESOURCE: u8 = 0x10;
    const MOVE_MODULE: u8 = 0x11;
    const MOVE_TABLE_ITEM: u8 = 0x12;
    const SVM_ACCOUNT: u8 = 0x20;
    const SVM_MESSAGE: u8 = 0x21;
    const SYSTEM: u8 = 0x30;

    /// The key's unique encoding.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Balance(owner) => joined(Self::BALANCE, owner.as_slice(), &[]),
            Self::EvmAccount(owner) => joined(Self::EVM_ACCOUNT, owner.as_slice(), &[]),
            Self::EvmStorage(owner, slot) => joined(
                Self::EVM_STORAGE,
                owner.as_slice(),
                &slot.to_be_bytes::<32>(),
            ),
            Self::EvmCode(hash) => joined(Self::EVM_CODE, hash.as_slice(), &[]),
            Self::Link(alias) => joined(Self::LINK, alias.as_slice(), &[]),
            Self::MoveResource(owner, tag) => joined(Self::MOVE_RESOURCE, owner.0.as_slice(), tag),
            Self::MoveModule(owner, name) => joined(Self::MOVE_MODULE, owner.0.as_slice(), name),
            Self::MoveTableItem(handle, key) => {
                joined(Self::MOVE_TABLE_ITEM, handle.as_slice(), key)
            }
            Self::SvmAccount(id) => joined(Self::SVM_ACCOUNT, id.0.as_slice(), &[]),
            Self::SvmMessage(hash) => joined(Self::SVM_MESSAGE, hash.as_slice(), &[]),
            Self::System(name) => joined(Self::SYSTEM, name, &[]),
        }
    }

    /// Reads an encoding back.
    ///
    /// # Errors
    /// When the namespace is unknown or a field has the wrong length.
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        let (namespace, rest) = bytes.split_first().ok_or(KeyError)?;
        Ok(match *namespace {
            Self::BALANCE => Self::Balance(whole_address(rest)?),
            Self::EVM_ACCOUNT => Self::EvmAccount(whole_address(rest)?),
            Self::EVM_STORAGE => {
                let (owner, slot) = rest.split_at_checked(20).ok_or(KeyError)?;
                let slot: &[u8; 32] = slot.try_into().map_err(|_| KeyError)?;
                Self::EvmStorage(whole_address(owner)?, U256::from_be_bytes(*slot))
            }
            Self::EVM_CODE => Self::EvmCode(whole_word(rest)?),
            Self::LINK => Self::Link(whole_address(rest)?),
            Self::MOVE_RESOURCE => {
                let (owner, tag) = word_and_tail(rest)?;
                Self::MoveResource(AccountId(owner), tag)
            }
            Self::MOVE_MODULE => {
                let (owner, name) = word_and_tail(rest)?;
                Self::MoveModule(AccountId(owner), name)
            }
            Self::MOVE_TABLE_ITEM => {
                let (handle, key) = word_and_tail(rest)?;
                Self::MoveTableItem(handle, key)
            }
            Self::SVM_ACCOUNT => Self::SvmAccount(AccountId(whole_word(rest)?)),
            Self::SVM_MESSAGE => Self::SvmMessage(whole_word(rest)?),
            Self::SYSTEM => Self::System(Bytes::copy_from_slice(rest)),
            _ => return Err(KeyError),
        })
    }

    /// The encoding that all of a contract's storage keys start with.
    pub fn storage_prefix(owner: Address) -> Vec<u8> {
        joined(Self::EVM_STORAGE, owner.as_slice(), &[])
    }

    /// The encoding that all keys of an account's Move resources start with.
    pub fn resource_prefix(owner: AccountId) -> Vec<u8> {
        joined(Self::MOVE_RESOURCE, owner.0.as_slice(), &[])
    }

    /// The encoding that all keys of an account's Move modules start with.
    pub fn module_prefix(owner: AccountId) -> Vec<u8> {
        joined(Self::MOVE_MODULE, owner.0.as_slice(), &[])
    }

    /// The encoding that the keys of all Solana accounts start with.
    pub fn svm_prefix() -> Vec<u8> {
        joined(Self::SVM_ACCOUNT, &[], &[])
    }

    /// The first byte of the encodings of a namespace that a scan of all EVM
    /// accounts visits: balances, then account records, then storage.
    pub const fn evm_scan_range() -> (u8, u8) {
        (Self::BALANCE, Self::EVM_STORAGE)
    }
}

impl From<&Self> for StateKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

/// Every access of the state hashes a key, several times: words are quicker than bytes.
impl Hash for StateKey {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Balance(owner) => hash_fixed(hasher, Self::BALANCE, owner.as_slice()),
            Self::EvmAccount(owner) => hash_fixed(hasher, Self::EVM_ACCOUNT, owner.as_slice()),
            Self::EvmStorage(owner, slot) => {
                hash_fixed(hasher, Self::EVM_STORAGE, owner.as_slice());
                slot.as_limbs()
                    .iter()
                    .for_each(|limb| hasher.write_u64(*limb));
            }
            Self::EvmCode(hash) => hash_fixed(hasher, Self::EVM_CODE, hash.as_slice()),
            Self::Link(alias) => hash_fixed(hasher, Self::LINK, alias.as_slice()),
            Self::MoveResource(owner, tag) => {
                hash_fixed(hasher, Self::MOVE_RESOURCE, owner.0.as_slice());
                hasher.write(tag);
            }
            Self::MoveModule(owner, name) => {
                hash_fixed(hasher, Self::MOVE_MODULE, owner.0.as_slice());
                hasher.write(name);
            }
            Self::MoveTableItem(handle, key) => {
                hash_fixed(hasher, Self::MOVE_TABLE_ITEM, handle.as_slice());
                hasher.write(key);
            }
            Self::SvmAccount(id) => hash_fixed(hasher, Self::SVM_ACCOUNT, id.0.as_slice()),
            Self::SvmMessage(hash) => hash_fixed(hasher, Self::SVM_MESSAGE, hash.as_slice()),
            Self::System(name) => {
                hasher.write_u8(Self::SYSTEM);
                hasher.write(name);
            }
        }
    }
}

/// Hashes the first, fixed part of a key: 20 or 32 bytes.
fn hash_fixed<H: Hasher>(hasher: &mut H, namespace: u8, bytes: &[u8]) {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hasher.write_u64(u64::from_le_bytes(*word));
    }
    // Of an address four bytes are left, which share a word with the namespace.
    let mut last = [0; 8];
    for (place, byte) in last.iter_mut().skip(1).zip(rest) {
        *place = *byte;
    }
    last[0] = namespace;
    hasher.write_u64(u64::from_le_bytes(last));
}

fn joined(namespace: u8, head: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + head.len() + tail.len());
    bytes.push(namespace);
    bytes.extend_from_slice(head);
    bytes.extend_from_slice(tail);
    bytes
}

fn whole_address(bytes: &[u8]) -> Result<Address, KeyError> {
    Address::try_from(bytes).map_err(|_| KeyError)
}

fn whole_word(bytes: &[u8]) -> Result<B256, KeyError> {
    B256::try_from(bytes).map_err(|_| KeyError)
}

fn word_and_tail(bytes: &[u8]) -> Result<(B256, Bytes), KeyError> {
    let (word, tail) = bytes.split_at_checked(32).ok_or(KeyError)?;
    Ok((whole_word(word)?, Bytes::copy_from_slice(tail)))
}
