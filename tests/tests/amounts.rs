//! X6, X7: amounts at the edges of their widths; remainders stay where they are.
//! X11: the EVM address form is injective and keeps system addresses apart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, B256, U256};
use lumio_types::{
    AccountId, EvmForm, LAMPORT_WEI, OCTA_WEI, lamports_of, octas_of, wei_of_lamports, wei_of_octas,
};
use proptest::prelude::*;

/// Numbers around every power of two.
fn edge() -> impl Strategy<Value = U256> {
    (0..256_usize, -2..=2_i8, any::<bool>()).prop_map(|(bit, offset, _)| {
        let power = U256::from(1) << bit;
        let offset_abs = U256::from(offset.unsigned_abs());
        if offset < 0 {
            power.saturating_sub(offset_abs)
        } else {
            power.saturating_add(offset_abs)
        }
    })
}

fn amount() -> impl Strategy<Value = U256> {
    prop_oneof![
        edge(),
        any::<[u64; 4]>().prop_map(U256::from_limbs),
        any::<u64>().prop_map(U256::from)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn a_balance_is_its_units_and_its_remainder(wei in amount()) {
        for (split, unit) in [(octas_of(wei), OCTA_WEI), (lamports_of(wei), LAMPORT_WEI)] {
            let most = U256::from(u64::MAX) * U256::from(unit) + U256::from(unit - 1);
            match split {
                Ok(split) => {
                    prop_assert!(split.remainder_wei < unit);
                    let whole = U256::from(split.units) * U256::from(unit);
                    prop_assert_eq!(whole + U256::from(split.remainder_wei), wei);
                }
                Err(_) => prop_assert!(wei > most),
            }
        }
    }

    #[test]
    fn units_survive_the_way_there_and_back(units in any::<u64>()) {
        prop_assert_eq!(octas_of(wei_of_octas(units)).unwrap().units, units);
        prop_assert_eq!(lamports_of(wei_of_lamports(units)).unwrap().units, units);
        prop_assert_eq!(octas_of(wei_of_octas(units)).unwrap().remainder_wei, 0);
    }

    #[test]
    fn an_evm_address_keeps_its_form(bytes in any::<[u8; 20]>()) {
        let address = Address::from(bytes);
        prop_assume!(U256::from_be_slice(&bytes) > U256::from(0xffff));
        prop_assert_eq!(AccountId::from_evm(address).evm_form(), EvmForm::Padded(address));
    }

    #[test]
    fn a_long_id_is_hashed(bytes in any::<[u8; 32]>()) {
        prop_assume!(bytes[..12].iter().any(|byte| *byte != 0));
        let id = AccountId(B256::from(bytes));
        prop_assert!(matches!(id.evm_form(), EvmForm::Alias(_)));
        prop_assert_ne!(id.evm_address(), Address::from_slice(&bytes[12..]));
    }
}

#[test]
fn system_addresses_are_out_of_reach() {
    for low in [0_u64, 1, 0x0a, 0x100, 0xffff] {
        let address = Address::left_padding_from(&low.to_be_bytes());
        let form = AccountId::from_evm(address).evm_form();
        assert!(
            matches!(form, EvmForm::Alias(alias) if alias != address),
            "{address}"
        );
    }
    let first_free = Address::left_padding_from(&0x1_0000_u64.to_be_bytes());
    assert_eq!(
        AccountId::from_evm(first_free).evm_form(),
        EvmForm::Padded(first_free)
    );
}
