//! The form of a transaction for simulation: whoever asks for one must not have to sign it, and
//! must not hand the node a transaction that it could run.

use crate::{SignedTransaction, Signers, VerifyError, crypto, verify::Claim};

impl SignedTransaction {
    /// Says who the accounts are, whatever their signatures: they are to be zero or absent, and
    /// one that holds is refused, even if others are missing. Where an account says nothing of its
    /// key, its proof is absent and nothing is to be checked.
    ///
    /// # Errors
    /// [`VerifyError::ValidSignature`]; and for signers that no transaction can have.
    pub fn verify_simulation(&self) -> Result<Signers<'_>, VerifyError> {
        self.signers(refuse_valid)
    }
}

fn refuse_valid(claim: &Claim<'_>) -> Result<(), VerifyError> {
    let Claim { role, address, .. } = *claim;
    let evidence = claim.evidence;
    evidence
        .check_threshold()
        .map_err(|cause| VerifyError::Account {
            role,
            address,
            cause,
        })?;
    for (key, signature) in evidence.signatures() {
        // The usual case first: no check at all.
        let holds = |message: &[u8]| crypto::any(&key, &signature, message).is_ok();
        if !signature.is_zero() && claim.messages.iter().any(|message| holds(message)) {
            return Err(VerifyError::ValidSignature { role, address });
        }
    }
    Ok(())
}
