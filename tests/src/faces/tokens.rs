//! Tokens of both kinds for tests: an ERC-20 with its asset, an asset with its ERC-20.

use super::{Faces, IERC20, address_of, id};
use crate::moving::MoveUser;
use alloy_primitives::{Address, U256};
use lumio_executor::Executed;
use lumio_move_engine::Address as MoveAddress;

/// The account that holds what is in no store.
pub const VAULT: MoveAddress = MoveAddress(*b"lumio/erc20/vault\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

pub const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

pub fn units(number: u64) -> U256 {
    // Of 18 decimals, 8 are shown.
    U256::from(number) * U256::from(10_000_000_000_u64)
}

/// A token of 18 decimals, its asset, and a Move user who has ten tokens.
pub struct Odd {
    pub faces: Faces,
    pub token: Address,
    pub asset: MoveAddress,
    pub alice: MoveUser,
}

impl Odd {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let mut faces = Faces::new();
        let token = faces.odd_token(18, ONE * U256::from(1_000));
        let created = faces.create_asset(token);
        assert!(created.success, "{:?}", created.carried);
        let asset = faces.asset_of(token).unwrap();
        let alice = faces.user(2);
        let to = address_of(alice.address);
        let amount = ONE * U256::from(10);
        assert!(
            faces
                .call(token, IERC20::transferCall { to, amount })
                .success
        );
        Self {
            faces,
            token,
            asset,
            alice,
        }
    }

    pub fn transfer(&mut self, to: MoveAddress, amount: u64) -> Executed {
        self.faces.transfer(&mut self.alice, self.asset, to, amount)
    }

    pub fn behave(&mut self, mode: u8) {
        self.faces.behave(self.token, mode);
    }
}

pub fn status(executed: &Executed) -> String {
    executed
        .carried
        .as_ref()
        .unwrap()
        .as_move()
        .unwrap()
        .status
        .clone()
}

/// A fungible asset that Move issues, with its contract, and who has some of it.
pub struct Issued {
    pub faces: Faces,
    pub asset: MoveAddress,
    pub token: Address,
    pub alice: MoveUser,
    pub evm: Address,
}

pub fn number(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

impl Issued {
    pub fn new(function: &str) -> Self {
        let mut faces = Faces::new();
        let asset = faces.issue(function);
        let token = faces.create_erc20(asset);
        let (alice, evm) = (faces.user(2), faces.evm.address());
        let mut it = Self {
            faces,
            asset,
            token,
            alice,
            evm,
        };
        for owner in [it.alice.address, id(it.evm)] {
            let done = it.owned("mint", owner, 1_000_000);
            assert!(done.success, "{:?}", done.carried);
        }
        it
    }

    /// Something of `hazards::issued` with an account and an amount.
    pub fn owned(&mut self, function: &str, account: MoveAddress, amount: u64) -> Executed {
        let arguments = vec![self.asset.0.to_vec(), account.0.to_vec(), number(amount)];
        self.faces.owned(function, arguments)
    }

    pub fn store(&self, account: MoveAddress) -> MoveAddress {
        self.faces.store(account, self.asset)
    }

    pub fn erc20(&mut self, to: MoveAddress, amount: U256) -> Executed {
        let to = address_of(to);
        self.faces
            .call(self.token, IERC20::transferCall { to, amount })
    }
}
