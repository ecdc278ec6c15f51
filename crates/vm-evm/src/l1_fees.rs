//! What the chain's L1 block makes of fees (Fjord, Isthmus): the prices for a transaction's bytes on
//! L1, and the operator's.
//!
//! op-revm reads all of them, once for each block; here each transaction is run alone. So only what
//! can cost something is read: where a scalar is zero, its price does not matter.

use alloy_primitives::{Address, U256};
use lumio_state::{Fault, StateKey, StateView};
use op_revm::{
    L1BlockInfo, OpSpecId,
    constants::{
        BASE_FEE_RECIPIENT, BASE_FEE_SCALAR_OFFSET, BLOB_BASE_FEE_SCALAR_OFFSET,
        ECOTONE_L1_BLOB_BASE_FEE_SLOT, ECOTONE_L1_FEE_SCALARS_SLOT, L1_BASE_FEE_SLOT,
        L1_BLOCK_CONTRACT, L1_FEE_RECIPIENT, OPERATOR_FEE_CONSTANT_OFFSET, OPERATOR_FEE_RECIPIENT,
        OPERATOR_FEE_SCALAR_OFFSET, OPERATOR_FEE_SCALARS_SLOT,
    },
};

/// To whom the parts of a fee go that are no tip: the base fee, and what L1 and the operator take.
pub const FEE_RECIPIENTS: [Address; 3] =
    [BASE_FEE_RECIPIENT, L1_FEE_RECIPIENT, OPERATOR_FEE_RECIPIENT];

/// The prices of a block. Before Fjord nothing, which op-revm takes as "not read yet".
///
/// # Errors
/// When the state cannot be read.
pub(crate) fn l1_fees(
    view: &dyn StateView,
    fork: OpSpecId,
    block: U256,
) -> Result<L1BlockInfo, Fault> {
    if !fork.is_enabled_in(OpSpecId::FJORD) {
        return Ok(L1BlockInfo::default());
    }
    let word = |slot| view.word(&StateKey::EvmStorage(L1_BLOCK_CONTRACT, slot));
    let price = |scalar: U256, slot| match scalar.is_zero() {
        true => Ok(U256::ZERO),
        false => word(slot),
    };
    let scalars = word(ECOTONE_L1_FEE_SCALARS_SLOT)?;
    let base_scalar = field(scalars, BASE_FEE_SCALAR_OFFSET, 4);
    let blob_scalar = field(scalars, BLOB_BASE_FEE_SCALAR_OFFSET, 4);
    let mut fees = L1BlockInfo {
        l2_block: Some(block),
        l1_base_fee: price(base_scalar, L1_BASE_FEE_SLOT)?,
        l1_base_fee_scalar: base_scalar,
        l1_blob_base_fee: Some(price(blob_scalar, ECOTONE_L1_BLOB_BASE_FEE_SLOT)?),
        l1_blob_base_fee_scalar: Some(blob_scalar),
        ..L1BlockInfo::default()
    };
    if fork.is_enabled_in(OpSpecId::ISTHMUS) {
        let scalars = word(OPERATOR_FEE_SCALARS_SLOT)?;
        fees.operator_fee_scalar = Some(field(scalars, OPERATOR_FEE_SCALAR_OFFSET, 4));
        fees.operator_fee_constant = Some(field(scalars, OPERATOR_FEE_CONSTANT_OFFSET, 8));
    }
    Ok(fees)
}

/// A number of so many bytes within a word.
fn field(word: U256, offset: usize, bytes: usize) -> U256 {
    let word = word.to_be_bytes::<32>();
    let field = word.iter().skip(offset).take(bytes);
    field.fold(U256::ZERO, |number, byte| (number << 8) | U256::from(*byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use alloy_primitives::Address;
    use lumio_state::Value;
    use revm::{
        database::{CacheDB, EmptyDB},
        interpreter::Gas,
    };

    struct L1Block(Vec<(U256, U256)>);

    impl StateView for L1Block {
        fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
            let found = self
                .0
                .iter()
                .find(|(slot, _)| *key == StateKey::EvmStorage(L1_BLOCK_CONTRACT, *slot));
            Ok(found.map(|(_, word)| Value::word(*word)))
        }

        fn storage_slots(&self, _: Address) -> Result<Vec<U256>, Fault> {
            Ok(Vec::new())
        }
    }

    /// A word with these numbers of four bytes in it, from this byte on.
    fn word(offset: usize, numbers: &[u32]) -> U256 {
        let mut bytes = [0; 32];
        for (at, number) in numbers.iter().enumerate() {
            bytes[offset + 4 * at..][..4].copy_from_slice(&number.to_be_bytes());
        }
        U256::from_be_bytes(bytes)
    }

    #[test]
    fn fees_are_those_of_op_revm() {
        let transaction: Vec<u8> = (0..=u8::MAX).chain(0..100).map(|byte| byte | 2).collect();
        let mut costs = Vec::new();
        for (base, blob, operator) in [(0, 0, 0), (7, 0, 0), (0, 9, 0), (7, 9, 0), (7, 9, 11)] {
            let slots = vec![
                (L1_BASE_FEE_SLOT, U256::from(30_000_000_000_u64)),
                (ECOTONE_L1_BLOB_BASE_FEE_SLOT, U256::from(5_000_000_000_u64)),
                (ECOTONE_L1_FEE_SCALARS_SLOT, word(16, &[base, blob, 1, 2])),
                (
                    OPERATOR_FEE_SCALARS_SLOT,
                    word(20, &[operator, 0, 13 * operator]),
                ),
            ];
            let mut database = CacheDB::new(EmptyDB::default());
            for (slot, word) in &slots {
                let stored = database.insert_account_storage(L1_BLOCK_CONTRACT, *slot, *word);
                stored.unwrap();
            }
            let view = L1Block(slots);
            for fork in [
                OpSpecId::FJORD,
                OpSpecId::HOLOCENE,
                OpSpecId::ISTHMUS,
                OpSpecId::JOVIAN,
            ] {
                let number = U256::from(5);
                let mut ours = l1_fees(&view, fork, number).unwrap();
                let mut theirs = L1BlockInfo::try_fetch(&mut database, number, fork).unwrap();
                assert_eq!(ours.l2_block, theirs.l2_block);
                let cost = ours.tx_cost(&transaction, U256::from(100_000), fork);
                let expected = theirs.tx_cost(&transaction, U256::from(100_000), fork);
                assert_eq!(cost, expected, "{fork:?} {base} {blob} {operator}");
                let gas = Gas::new_spent(100_000);
                let refund = ours.operator_fee_refund(&gas, fork);
                assert_eq!(refund, theirs.operator_fee_refund(&gas, fork));
                costs.push(cost);
            }
        }
        costs.dedup();
        assert!(costs.len() > 5, "{costs:?}");
    }

    #[test]
    fn before_fjord_op_revm_reads_by_itself() {
        let view = L1Block(Vec::new());
        let fees = l1_fees(&view, OpSpecId::ECOTONE, U256::from(5)).unwrap();
        assert_eq!(fees, L1BlockInfo::default());
    }
}
