//! What transactions contend for: keys of the state that one of them changes and others want.

use lumio_state::StateKey;
use lumio_types::{AccountId, CARRIER, Carried, Transaction};
use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hash},
    sync::LazyLock,
};

/// Secret, so that nobody can make two keys that are taken for one.
static NAMES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A short name for something, good for the life of the process.
pub(super) fn name_of(what: impl Hash) -> u64 {
    NAMES.hash_one(what)
}

/// What a transaction wrote that others may contend for, by names that only a
/// [`Market`](super::Market) understands.
///
/// What belongs to its own accounts alone does not count, nor do balances: additions need no
/// order. Nor does what is written once.
pub fn contended<'k>(
    transaction: &Transaction,
    written: impl IntoIterator<Item = &'k StateKey>,
) -> Vec<u64> {
    let own = Own::of(transaction);
    let keys = written.into_iter().filter(|key| own.contends(key));
    keys.map(name_of).collect()
}

/// The accounts that a transaction is from.
struct Own {
    /// Whose nonce and fee it uses: an EVM account, a Move or Solana account, and who pays for it.
    accounts: [Option<AccountId>; 3],
}

impl Own {
    fn of(transaction: &Transaction) -> Self {
        let sender = transaction.sender();
        let outer = (sender != CARRIER).then(|| AccountId::from_evm(sender));
        let inner = transaction.carried();
        let payer = match inner {
            Some(Carried::Move(inner)) => Some(AccountId(inner.payer().0.into())),
            Some(Carried::Solana(_)) | None => None,
        };
        Self {
            accounts: [outer, inner.map(Carried::sender), payer],
        }
    }

    fn has(&self, id: AccountId) -> bool {
        self.accounts.contains(&Some(id))
    }

    fn contends(&self, key: &StateKey) -> bool {
        match key {
            StateKey::Balance(_)
            | StateKey::EvmCode(_)
            | StateKey::Link(_)
            | StateKey::SvmMessage(_)
            | StateKey::System(_) => false,
            StateKey::EvmAccount(address) => !self.has(AccountId::from_evm(*address)),
            StateKey::MoveResource(id, _) | StateKey::SvmAccount(id) => !self.has(*id),
            StateKey::EvmStorage(..) | StateKey::MoveModule(..) | StateKey::MoveTableItem(..) => {
                true
            }
        }
    }
}
