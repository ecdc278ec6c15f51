//! Checks every signature of a transaction and says who its accounts are.

use alloc::vec::Vec;
use core::fmt;

use lumio_move_engine::Address;

use crate::{
    Abstraction, AuthenticationKey, SignatureError, SignedTransaction, VerifyError,
    evidence::Evidence, parts::Parts,
};

/// The accounts of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signers<'a> {
    /// Whose transaction it is.
    pub sender: Signer<'a>,
    /// Others who signed, in order.
    pub secondary: Vec<Signer<'a>>,
    /// Who pays, if not the sender.
    pub fee_payer: Option<Signer<'a>>,
}

/// An account of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer<'a> {
    /// The account.
    pub address: Address,
    /// What shows that it agrees.
    pub proof: Proof<'a>,
}

/// What shows that an account agrees, if state confirms it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// Signatures hold, and the account must have this authentication key.
    Key(AuthenticationKey),
    /// A Move function has to agree.
    Function(&'a Abstraction),
    /// Nothing: only in simulation.
    Absent,
}

/// What an account does in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is the account's transaction.
    Sender,
    /// It signs too; the number counts from 0.
    Secondary(usize),
    /// It pays.
    FeePayer,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sender => f.write_str("sender"),
            Self::Secondary(place) => write!(f, "secondary signer {place}"),
            Self::FeePayer => f.write_str("fee payer"),
        }
    }
}

impl<'a> Signer<'a> {
    fn new(address: Address, evidence: impl Into<Evidence<'a>>) -> Self {
        Self {
            address,
            proof: evidence.into().proof(),
        }
    }
}

/// All that there is to check of an account.
pub(crate) struct Claim<'a> {
    pub(crate) role: Role,
    pub(crate) address: Address,
    pub(crate) evidence: Evidence<'a>,
    /// Of these the account must have signed one.
    pub(crate) messages: &'a [Vec<u8>],
}

impl SignedTransaction {
    /// Checks every signature, and what of the signers needs no state: that none is double, and
    /// that there are not too many. Whether authentication keys are those of the accounts, and
    /// what Move functions say, remains to be checked.
    ///
    /// # Errors
    /// The first thing that is wrong, and whose.
    pub fn verify(&self) -> Result<Signers<'_>, VerifyError> {
        self.signers(|claim| {
            let mut result = Err(SignatureError::Invalid);
            for message in claim.messages {
                result = claim.evidence.check(message);
                if result.is_ok() {
                    break;
                }
            }
            result.map_err(|cause| VerifyError::Account {
                role: claim.role,
                address: claim.address,
                cause,
            })
        })
    }

    /// Says who the accounts are without looking at a signature: of a transaction that has been
    /// verified before.
    ///
    /// # Errors
    /// Signers that no transaction can have.
    pub fn trusted_signers(&self) -> Result<Signers<'_>, VerifyError> {
        self.signers(|_| Ok(()))
    }

    /// How many signatures it has, of all its accounts.
    pub fn signature_count(&self) -> usize {
        Parts::new(&self.authenticator).signature_count()
    }

    /// Visits all accounts in order.
    pub(crate) fn signers(
        &self,
        check: impl Fn(&Claim<'_>) -> Result<(), VerifyError>,
    ) -> Result<Signers<'_>, VerifyError> {
        let parts = Parts::new(&self.authenticator);
        parts.check_shape(self.raw.sender)?;
        let visit = |role, address, evidence: Evidence<'_>, messages: &[Vec<u8>]| {
            check(&Claim {
                role,
                address,
                evidence,
                messages,
            })
        };

        let messages = parts.messages(&self.raw);
        visit(Role::Sender, self.raw.sender, parts.sender, &messages)?;
        let mut secondary = Vec::new();
        for (place, (address, account)) in parts.addresses.iter().zip(parts.secondary).enumerate() {
            visit(Role::Secondary(place), *address, account.into(), &messages)?;
            secondary.push(Signer::new(*address, account));
        }
        let mut fee_payer = None;
        if let Some((address, account)) = parts.fee_payer {
            // Others may sign before it is known who pays. Who pays knows.
            let message = [self.raw.message_with_data(parts.addresses, Some(address))];
            visit(Role::FeePayer, address, account.into(), &message)?;
            fee_payer = Some(Signer::new(address, account));
        }
        Ok(Signers {
            sender: Signer::new(self.raw.sender, parts.sender),
            secondary,
            fee_payer,
        })
    }
}
