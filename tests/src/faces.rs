//! Tokens with a face in the other machine, on a chain in memory.

mod tokens;

pub use tokens::*;

use crate::{
    chain::User,
    crossing::predeploys,
    fixture::bytecode,
    moving::{MoveUser, Scene},
    package::hazards,
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_executor::Executed;
use lumio_move_engine::{Address as MoveAddress, ModuleId, TypeTag};
use lumio_types::{AccountId, EventOrigin};

sol! {
    function mint(address to, uint256 amount) external;
    function burn(uint256 amount) external;
    function behave(uint8 mode) external;
    function callBack(address target, bytes input, bool catches) external;
    function forge(address from, address to, uint256 amount) external;

    #[derive(Debug)]
    interface IERC20 {
        function name() external view returns (string);
        function symbol() external view returns (string);
        function decimals() external view returns (uint8);
        function totalSupply() external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function transfer(address to, uint256 amount) external returns (bool);
        function approve(address spender, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
    }

    #[derive(Debug)]
    interface IFaces {
        function erc20Of(bytes32 metadata) external view returns (address);
        function erc20AddressOf(bytes32 metadata) external view returns (address);
        function createErc20(bytes32 metadata) external returns (address);
        function assetOf(address erc20) external view returns (bytes32);
        function assetAddressOf(address erc20) external view returns (bytes32);
        function createAsset(address erc20) external returns (bytes32);
    }

    /// What a movement says, in either machine.
    #[derive(Debug, PartialEq, Eq)]
    event Transfer(address indexed from, address indexed to, uint256 value);
}

/// The registry.
pub const REGISTRY: Address = address!("42000000000000000000000000000000000000FD");

/// An event, shortly: a log of an ERC-20, or a movement of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Transfer(Address, Address, U256),
    Withdraw(MoveAddress, u64),
    Deposit(MoveAddress, u64),
}

/// A chain with contracts and modules that issue and move tokens.
pub struct Faces {
    pub scene: Scene,
    /// Who deploys contracts.
    pub evm: User,
    /// Who has published `tests/move`.
    pub owner: MoveUser,
}

/// The account of an EVM address.
pub fn id(address: Address) -> MoveAddress {
    MoveAddress(address.into_word().0)
}

/// The EVM address of an account.
pub fn address_of(account: MoveAddress) -> Address {
    AccountId(B256::from(account.0)).evm_address()
}

/// The type by which functions take an asset.
pub fn metadata_type() -> TypeTag {
    "0x1::fungible_asset::Metadata".parse().unwrap()
}

impl Faces {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let mut scene = Scene::new();
        for (address, code) in predeploys() {
            scene.memory.deploy(address, code);
        }
        let evm = User::new(1, &mut scene.memory);
        let mut owner = scene.user(1);
        let modules = hazards(owner.address);
        scene.succeed(&owner.publish("Hazards", &modules));
        Self { scene, evm, owner }
    }

    /// A Move account with an ETH that has sent a transaction, so that the EVM knows whose its address
    /// is.
    pub fn user(&mut self, number: u8) -> MoveUser {
        let mut user = self.scene.user(number);
        let arguments = vec![user.address.0.to_vec(), 1_u64.to_le_bytes().to_vec()];
        let transaction = user.call(("aptos_account", "transfer"), vec![], arguments);
        self.scene.succeed(&transaction);
        user
    }

    /// Makes a contract.
    pub fn deploy(&mut self, contract: &str, arguments: Vec<u8>) -> Address {
        let code = [bytecode(contract).to_vec(), arguments].concat();
        let made = self.evm.address().create(self.evm.nonce);
        let transaction = self
            .evm
            .transaction(TxKind::Create, U256::ZERO, code.into(), 5_000_000);
        self.scene.succeed(&transaction);
        made
    }

    /// An `OddToken`, of which the first user has some.
    pub fn odd_token(&mut self, decimals: u8, amount: U256) -> Address {
        let token = self.deploy("OddToken", U256::from(decimals).abi_encode());
        let to = self.evm.address();
        assert!(self.call(token, mintCall { to, amount }).success);
        token
    }

    /// Makes an `OddToken` behave in another way.
    pub fn behave(&mut self, token: Address, mode: u8) {
        assert!(self.call(token, behaveCall { mode }).success);
    }

    /// Calls a contract in a transaction.
    pub fn call(&mut self, to: Address, call: impl SolCall) -> Executed {
        self.call_raw(to, call.abi_encode())
    }

    pub fn call_raw(&mut self, to: Address, input: Vec<u8>) -> Executed {
        let input = Bytes::from(input);
        let transaction = self
            .evm
            .transaction(TxKind::Call(to), U256::ZERO, input, 5_000_000);
        self.scene.run(&transaction).unwrap()
    }

    /// Asks a contract, and changes nothing.
    pub fn ask<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        let input = Bytes::from(call.abi_encode());
        let transaction = self
            .evm
            .transaction(TxKind::Call(to), U256::ZERO, input, 5_000_000);
        self.evm.nonce -= 1;
        let scene = &self.scene;
        let done = scene
            .executor
            .execute(&scene.memory, &scene.block, &transaction)
            .unwrap();
        assert!(
            done.success,
            "{}",
            lumio_vm_bus::message::reason_of(&done.output)
        );
        C::abi_decode_returns(&done.output).unwrap()
    }

    pub fn balance_of(&mut self, token: Address, account: Address) -> U256 {
        self.ask(token, IERC20::balanceOfCall { account })
    }

    /// Sends a transaction that calls a function of the framework or of `tests/move`.
    pub fn moving(
        &mut self,
        user: &mut MoveUser,
        function: (&str, &str),
        types: Vec<TypeTag>,
        arguments: Vec<Vec<u8>>,
    ) -> Executed {
        let home = match function.0 {
            "issued" | "pool" => self.owner.address,
            _ => MoveAddress::ONE,
        };
        let transaction = user.call_at(home, function, types, arguments);
        self.scene.run(&transaction).unwrap()
    }

    /// The first result of a view.
    pub fn view(
        &self,
        function: (&str, &str),
        types: &[TypeTag],
        arguments: &[Vec<u8>],
    ) -> Result<Vec<u8>, String> {
        let home = match function.0 {
            "issued" | "pool" => self.owner.address,
            _ => MoveAddress::ONE,
        };
        let module = ModuleId::new(home, function.0);
        let (memory, block) = (&self.scene.memory, &self.scene.block);
        let viewed = self
            .scene
            .executor
            .with_move(memory, block, 10_000_000, |vm, bus| {
                vm.view(bus, (&module, function.1), types, arguments)
            });
        match viewed.unwrap() {
            Ok(mut viewed) => Ok(viewed.values.remove(0)),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    /// What Move says that an account has of an asset.
    pub fn balance(&self, account: MoveAddress, asset: MoveAddress) -> u64 {
        let arguments = [account.0.to_vec(), asset.0.to_vec()];
        let function = ("primary_fungible_store", "balance");
        let balance = self.view(function, &[metadata_type()], &arguments);
        u64::from_le_bytes(balance.unwrap().try_into().unwrap())
    }

    /// Where the asset of a contract is.
    pub fn asset_of(&self, token: Address) -> Result<MoveAddress, String> {
        let asset = self.view(("faces", "asset_of"), &[], &[id(token).0.to_vec()])?;
        Ok(MoveAddress(asset.try_into().unwrap()))
    }

    /// Creates the asset of a contract.
    pub fn create_asset(&mut self, token: Address) -> Executed {
        let mut owner = self.scene.user(9);
        owner.sequence_number = self.sequence_number(owner.address);
        self.moving(
            &mut owner,
            ("faces", "create_asset"),
            vec![],
            vec![id(token).0.to_vec()],
        )
    }

    /// A fungible asset of `hazards::issued`, at an address that follows from the name of the function
    /// that makes it.
    pub fn issue(&mut self, function: &str) -> MoveAddress {
        let seed = function.as_bytes();
        let argument = [vec![u8::try_from(seed.len()).unwrap()], seed.to_vec()].concat();
        let done = self.owned(function, vec![argument]);
        assert!(done.success, "{:?}", done.carried);
        lumio_move_transaction::object_address_from_seed(self.owner.address, seed)
    }

    /// A call of `hazards::issued` by who has published it.
    pub fn owned(&mut self, function: &str, arguments: Vec<Vec<u8>>) -> Executed {
        let transaction =
            self.owner
                .call_at(self.owner.address, ("issued", function), vec![], arguments);
        self.scene.run(&transaction).unwrap()
    }

    /// Makes the contract of a fungible asset.
    pub fn create_erc20(&mut self, asset: MoveAddress) -> Address {
        let metadata = B256::from(asset.0);
        let done = self.call(REGISTRY, IFaces::createErc20Call { metadata });
        assert!(
            done.success,
            "{}",
            lumio_vm_bus::message::reason_of(&done.output)
        );
        Address::abi_decode(&done.output).unwrap()
    }

    fn sequence_number(&self, account: MoveAddress) -> u64 {
        let number = self.view(
            ("account", "get_sequence_number"),
            &[],
            &[account.0.to_vec()],
        );
        u64::from_le_bytes(number.unwrap().try_into().unwrap())
    }

    /// Where an account's primary store of an asset is.
    pub fn store(&self, account: MoveAddress, asset: MoveAddress) -> MoveAddress {
        lumio_move_transaction::object_address_from_object(account, asset)
    }

    /// Moves some of an asset between primary stores.
    pub fn transfer(
        &mut self,
        user: &mut MoveUser,
        asset: MoveAddress,
        to: MoveAddress,
        amount: u64,
    ) -> Executed {
        let arguments = vec![
            asset.0.to_vec(),
            to.0.to_vec(),
            amount.to_le_bytes().to_vec(),
        ];
        let function = ("primary_fungible_store", "transfer");
        self.moving(user, function, vec![metadata_type()], arguments)
    }
}

/// The movements that a transaction has announced.
pub fn seen(executed: &Executed) -> Vec<Seen> {
    let events = executed.events.iter();
    events
        .filter_map(|event| match &event.origin {
            EventOrigin::Move(of) => {
                let (store, amount) = event.log.data.data.split_first_chunk::<32>()?;
                let store = MoveAddress(*store);
                let amount = || u64::from_le_bytes(amount.try_into().unwrap());
                match &*of.type_tag {
                    "0x1::fungible_asset::Withdraw" => Some(Seen::Withdraw(store, amount())),
                    "0x1::fungible_asset::Deposit" => Some(Seen::Deposit(store, amount())),
                    _ => None,
                }
            }
            EventOrigin::Evm => {
                use alloy_sol_types::SolEvent;
                let it = Transfer::decode_log(&event.log).ok()?;
                Some(Seen::Transfer(it.from, it.to, it.value))
            }
            EventOrigin::Svm => None,
        })
        .collect()
}
