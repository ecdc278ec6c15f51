//! Block 0: the programs of the runtime, the sysvars, and the SPL programs at their usual
//! addresses.

use litesvm::LiteSVM;
use lumio_state::{Fault, Journal};
use lumio_types::wei_of_lamports;
use lumio_vm_bus::{Host, ledger_address};
use solana_account::{AccountSharedData, WritableAccount};
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_pubkey::Pubkey;
use solana_sdk_ids::address_lookup_table;

use crate::{
    SvmVm,
    account::{RENT_EPOCH, account_id},
    host::{self, LoadError},
    machine::natives,
    programs::programdata_of,
};

/// SPL Token.
pub const TOKEN: Pubkey = Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// SPL Token-2022.
pub const TOKEN_2022: Pubkey =
    Pubkey::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// SPL Associated Token Account.
pub const ASSOCIATED_TOKEN: Pubkey =
    Pubkey::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// SPL Memo.
pub const MEMO: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
/// SPL Memo, its first version.
pub const MEMO_V1: Pubkey = Pubkey::from_str_const("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");

/// The programs that genesis deploys. Nobody can change them.
const PROGRAMS: [Pubkey; 6] = [
    TOKEN,
    TOKEN_2022,
    ASSOCIATED_TOKEN,
    MEMO,
    MEMO_V1,
    address_lookup_table::ID,
];

/// Lamports of each account of genesis: what makes it exist.
const LAMPORTS: u64 = 1;

impl SvmVm {
    /// Makes the accounts of genesis. Each of them gets one lamport, which nobody can spend.
    ///
    /// # Errors
    /// When the binaries are not as expected: a bug.
    pub fn genesis<'v>(&self, host: &mut dyn Host<'v>) -> Result<(), Fault> {
        let context = host.env().block.clone();
        let journal = host.journal();
        let block = self.block(journal, &context)?;
        for (key, account) in natives() {
            make(journal, &key, account)?;
        }
        for key in block.sysvars.keys() {
            endow(journal, key)?;
        }
        let binaries = LiteSVM::default()
            .with_mainnet_features()
            .with_builtins()
            .with_sysvars()
            .with_default_programs();
        for key in &PROGRAMS {
            let account = binary(&binaries, key)?;
            if let Some(holder) = programdata_of(&account) {
                let mut code = binary(&binaries, &holder)?;
                set_slot(&mut code)?;
                make(journal, &holder, code)?;
            }
            make(journal, key, account)?;
        }
        Ok(())
    }
}

/// An account of LiteSVM, which carries the binaries.
fn binary(binaries: &LiteSVM, key: &Pubkey) -> Result<AccountSharedData, Fault> {
    let account = binaries.get_account(key);
    let account = account.ok_or_else(|| Fault::Bug(format!("no binary of the program {key}")))?;
    Ok(account.into())
}

/// Makes code one that was deployed in block 0, by nobody.
fn set_slot(code: &mut AccountSharedData) -> Result<(), Fault> {
    let state = UpgradeableLoaderState::ProgramData {
        slot: 0,
        upgrade_authority_address: None,
    };
    let head = bincode::serialize(&state)
        .map_err(|error| Fault::Bug(format!("the head of a program: {error}")))?;
    let place = code.data_as_mut_slice().get_mut(..head.len());
    let place = place.ok_or_else(|| Fault::Bug("a program without a head".into()))?;
    place.copy_from_slice(&head);
    Ok(())
}

fn make(
    journal: &mut Journal<'_>,
    key: &Pubkey,
    mut account: AccountSharedData,
) -> Result<(), Fault> {
    let lamports = endow(journal, key)?;
    account.set_lamports(lamports);
    account.set_rent_epoch(RENT_EPOCH);
    host::store(journal, key, lamports, &account)
}

/// Gives an account that has no lamports its first one, and tells how many it has.
fn endow(journal: &mut Journal<'_>, key: &Pubkey) -> Result<u64, Fault> {
    let lamports = host::lamports(journal, key).map_err(|error| match error {
        LoadError::Fault(fault) => fault,
        LoadError::Amount(key, error) => Fault::Bug(format!("the account {key}: {error}")),
    })?;
    if lamports > 0 {
        return Ok(lamports);
    }
    let address = ledger_address(journal, account_id(key))?;
    let wei = journal.balance(address)?;
    let sum = wei.checked_add(wei_of_lamports(LAMPORTS));
    let sum = sum.ok_or_else(|| Fault::Bug("more than 2^256 wei".into()))?;
    journal.set_balance(address, sum)?;
    Ok(LAMPORTS)
}
