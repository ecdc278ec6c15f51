//! What the Solana VM asks of ERC-20 contracts, and has them do, for the compute units of a run.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use lumio_state::Fault;
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    Call, Host, REGISTRY_ADDRESS, Status, Waiting, derived::SeedsError, ledger_address,
    message::reason_of,
};

use crate::{
    crossing::CROSS_VM,
    prices::{gas_of_units, units_of_gas},
};

sol! {
    function balanceOf(address account) returns (uint256);
    function totalSupply() returns (uint256);
    function transfer(address to, uint256 amount) returns (bool);
}

/// Why something could not be asked or done.
#[derive(Debug)]
pub(crate) enum TokenError {
    /// The contract's fault, or that of who moved its tokens.
    Refused(String),
    /// It takes more than there is.
    OutOfGas,
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for TokenError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<SeedsError> for TokenError {
    fn from(error: SeedsError) -> Self {
        Self::Refused(format!("the owner of a token account: {error}"))
    }
}

/// EVM gas for contracts, out of a run's compute units.
#[derive(Debug)]
pub(crate) struct Gas {
    limit: u64,
    left: u64,
}

impl Gas {
    /// What so many compute units buy.
    pub(crate) const fn of_units(units: u64) -> Self {
        Self::new(gas_of_units(units))
    }

    pub(crate) const fn new(gas: u64) -> Self {
        Self {
            limit: gas,
            left: gas,
        }
    }

    pub(crate) const fn left(&self) -> u64 {
        self.left
    }

    pub(crate) const fn used(&self) -> u64 {
        self.limit.saturating_sub(self.left)
    }

    /// Compute units that were used.
    pub(crate) const fn used_units(&self) -> u64 {
        units_of_gas(self.used())
    }

    /// Takes gas away; all that is left if it is less.
    pub(crate) fn spend(&mut self, gas: u64) -> Result<(), TokenError> {
        let rest = self.left.checked_sub(gas);
        self.left = rest.unwrap_or_default();
        rest.map(|_| ()).ok_or(TokenError::OutOfGas)
    }
}

/// A contract, and what calls of it are paid with.
pub(crate) struct Erc20<'a, 'h, 'v> {
    pub(crate) host: &'h mut dyn Host<'v>,
    pub(crate) gas: &'a mut Gas,
    pub(crate) contract: Address,
}

impl Erc20<'_, '_, '_> {
    /// Calls the contract. The inner error is why it failed.
    fn call(
        &mut self,
        caller: AccountId,
        input: Vec<u8>,
        is_static: bool,
    ) -> Result<Result<Bytes, String>, TokenError> {
        let target = AccountId::from_evm(self.contract);
        let call = Call {
            is_static,
            // What programs have done with the accounts is not in the state yet.
            waiting: vec![Waiting {
                vm: VmId::Svm,
                name: Bytes::copy_from_slice(CROSS_VM.as_ref()),
                is_locked: true,
            }],
            ..Call::new(VmId::Evm, caller, target, input.into(), self.gas.left())
        };
        let outcome = self.host.call(call)?;
        self.gas.spend(outcome.gas_used)?;
        match outcome.status {
            Status::Success => Ok(Ok(outcome.output)),
            Status::OutOfGas => Err(TokenError::OutOfGas),
            Status::Revert | Status::Halt => Ok(Err(reason_of(&outcome.output))),
        }
    }

    fn number(
        &mut self,
        caller: AccountId,
        what: &str,
        input: Vec<u8>,
    ) -> Result<U256, TokenError> {
        let contract = self.contract;
        let refuse = |why: String| Err(TokenError::Refused(why));
        match self.call(caller, input, true)? {
            Ok(data) => match data.first_chunk::<32>() {
                Some(word) => Ok(U256::from_be_bytes(*word)),
                None => refuse(format!("{contract} has no {what}")),
            },
            Err(why) => refuse(format!("{what} of {contract} failed: {why}")),
        }
    }

    /// How much an account has.
    pub(crate) fn balance(&mut self, holder: AccountId) -> Result<U256, TokenError> {
        let account = holder.evm_address();
        let input = balanceOfCall { account }.abi_encode();
        self.number(holder, "balanceOf(address)", input)
    }

    /// How much there is.
    pub(crate) fn supply(&mut self) -> Result<U256, TokenError> {
        let asker = AccountId::from_evm(REGISTRY_ADDRESS);
        self.number(asker, "totalSupply()", totalSupplyCall {}.abi_encode())
    }

    /// Moves an amount in the name of who gives it. Whether it has arrived is for the caller to see.
    pub(crate) fn transfer(
        &mut self,
        from: AccountId,
        to: AccountId,
        amount: U256,
    ) -> Result<(), TokenError> {
        let contract = self.contract;
        // Whoever gets something can be found from his address.
        let to = ledger_address(self.host.journal(), to)?;
        let input = transferCall { to, amount }.abi_encode();
        let returned = match self.call(from, input, false)? {
            Ok(returned) => returned,
            Err(why) => {
                let why = format!("transfer of {contract} failed: {why}");
                return Err(TokenError::Refused(why));
            }
        };
        // Some old contracts return nothing.
        let is_agreed = returned.is_empty()
            || returned
                .first_chunk::<32>()
                .is_some_and(|word| U256::from_be_bytes(*word) == U256::ONE);
        match is_agreed {
            true => Ok(()),
            false => Err(TokenError::Refused(format!(
                "transfer of {contract} did not return true"
            ))),
        }
    }
}
