//! Mints that show an ERC-20, on Solana.

mod assets;
mod hostile;
mod moved;
mod nested;
mod program;
mod random;
mod read;

use super::world::*;
use lumio_tests::{
    faces::{IERC20, REGISTRY, burnCall, mintCall},
    fixture::bytecode,
};
use lumio_vm_svm::{ASSOCIATED_TOKEN, TOKEN};

sol! {
    interface IMints {
        function createMint(address erc20) external payable returns (bytes32 mint);
        function mintOf(address erc20) external view returns (bytes32);
        function mintAddressOf(address erc20) external view returns (bytes32);
        function erc20OfMint(bytes32 mint) external view returns (address);
        function createErc20OfMint(bytes32 mint) external payable returns (address);
        error RentNeeded(uint256 rent);
        error NoSupply(address erc20);
        error TooManyDecimals(address erc20, uint256 decimals);
    }
    function behave(uint8 mode) external;
    function callBack(address target, bytes input, bool catches) external;
}

/// Lamports that keep a mint, and a token account.
const MINT_RENT: u64 = 1_461_600;
pub(super) const ACCOUNT_RENT: u64 = 2_039_280;

/// An ERC-20 of 18 decimals with its mint; the EVM's user has a thousand, Solana's user ten, and a
/// token account.
pub(super) struct Shown {
    pub(super) world: World,
    pub(super) token: Address,
    pub(super) mint: Pubkey,
    pub(super) alice: Pubkey,
}

/// Places of token accounts in a transaction, and what they hold.
type Amounts = Vec<(u8, u64)>;

/// So many of the mint's units in the contract's.
pub(super) fn units(number: u64) -> U256 {
    U256::from(number) * U256::from(10_000_000_000_u64)
}

pub(super) const ONE: u64 = 100_000_000;

/// A wallet's token account.
pub(super) fn associated(owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), TOKEN.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

pub(super) fn token(accounts: Vec<AccountMeta>, data: Vec<u8>) -> Instruction {
    Instruction {
        program_id: TOKEN,
        accounts,
        data,
    }
}

pub(super) fn moves_between(
    from: &Pubkey,
    to: &Pubkey,
    owner: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*from, false),
        AccountMeta::new(*to, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    token(accounts, [&[3][..], &amount.to_le_bytes()].concat())
}

impl Shown {
    pub(super) fn new() -> Self {
        let mut world = World::new();
        let token = deploy(&mut world, "OddToken", U256::from(18).abi_encode());
        let amount = units(1_000 * ONE);
        let to = world.user.address();
        assert!(
            world
                .evm(token, &mintCall { to, amount }.abi_encode())
                .success
        );
        let mint = create_mint(&mut world, token).unwrap();
        let alice = associated(&world.alice.key(), &mint);
        let mut it = Self {
            world,
            token,
            mint,
            alice,
        };
        let key = it.world.alice.key();
        it.give(&key, 10 * ONE);
        let made = it.make(&key);
        it.succeed(&[made]);
        it
    }

    /// Gives an account tokens, in the EVM.
    pub(super) fn give(&mut self, to: &Pubkey, amount: u64) {
        let to = id_of(to).evm_address();
        let amount = units(amount);
        let transfer = IERC20::transferCall { to, amount };
        assert!(self.world.evm(self.token, &transfer.abi_encode()).success);
    }

    /// Makes a wallet's token account, which Alice pays for.
    pub(super) fn make(&self, owner: &Pubkey) -> Instruction {
        Instruction {
            program_id: ASSOCIATED_TOKEN,
            accounts: vec![
                AccountMeta::new(self.world.alice.key(), true),
                AccountMeta::new(associated(owner, &self.mint), false),
                AccountMeta::new_readonly(*owner, false),
                AccountMeta::new_readonly(self.mint, false),
                AccountMeta::new_readonly(Pubkey::default(), false),
                AccountMeta::new_readonly(TOKEN, false),
            ],
            data: vec![1],
        }
    }

    /// Makes an account a token account of the mint that is not its owner's associated one. Both sign.
    pub(super) fn opens(&self, account: &Pubkey, owner: &Pubkey) -> [Instruction; 2] {
        [
            Instruction {
                program_id: Pubkey::default(),
                accounts: vec![
                    AccountMeta::new(*owner, true),
                    AccountMeta::new(*account, true),
                ],
                data: [
                    &0_u32.to_le_bytes()[..],
                    &ACCOUNT_RENT.to_le_bytes(),
                    &165_u64.to_le_bytes(),
                    TOKEN.as_ref(),
                ]
                .concat(),
            },
            token(
                vec![
                    AccountMeta::new(*account, false),
                    AccountMeta::new_readonly(self.mint, false),
                ],
                [&[18][..], owner.as_ref()].concat(),
            ),
        ]
    }

    /// A `TransferChecked` of Alice's.
    pub(super) fn pays(&self, to: &Pubkey, amount: u64) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.alice, false),
            AccountMeta::new_readonly(self.mint, false),
            AccountMeta::new(*to, false),
            AccountMeta::new_readonly(self.world.alice.key(), true),
        ];
        token(accounts, [&[12][..], &amount.to_le_bytes(), &[8]].concat())
    }

    pub(super) fn succeed(&mut self, instructions: &[Instruction]) -> Executed {
        let done = self.world.send(instructions);
        assert!(done.success, "{:?}", self.world.logs(&done));
        done
    }

    /// The last line of the log of a transaction that fails.
    pub(super) fn fail(&mut self, instructions: &[Instruction]) -> String {
        self.world.next_block();
        let before = self.world.rest();
        let done = self.world.here(&[], instructions);
        assert!(!done.success, "{:?}", self.world.logs(&done));
        let after = self.world.rest();
        let changed = after
            .0
            .iter()
            .filter(|(key, value)| before.0.get(*key) != Some(*value));
        let changed: Vec<_> = changed.map(|(key, _)| key).collect();
        assert!(changed.is_empty(), "nothing stays: {changed:?}");
        assert_eq!(after.0.len(), before.0.len());
        let logs = self.world.logs(&done);
        format!("{} {}", done.halt.unwrap(), logs.last().unwrap())
    }

    /// What the contract says.
    pub(super) fn has(&mut self, account: Address) -> U256 {
        let input = IERC20::balanceOfCall { account }.abi_encode();
        let sent = self.world.user.transaction(
            TxKind::Call(self.token),
            U256::ZERO,
            input.into(),
            1_000_000,
        );
        self.world.user.nonce -= 1;
        let world = &self.world;
        let done = world.executor.execute(&world.memory, &world.block, &sent);
        U256::from_be_slice(&done.unwrap().output)
    }

    pub(super) fn has_key(&mut self, owner: &Pubkey) -> U256 {
        self.has(id_of(owner).evm_address())
    }

    /// Makes the contract behave in another way.
    pub(super) fn behave(&mut self, mode: u8) {
        assert!(
            self.world
                .evm(self.token, &behaveCall { mode }.abi_encode())
                .success
        );
    }

    /// What clients are told of the tokens: before and after, by the account's place.
    pub(super) fn told(done: &Executed) -> (Amounts, Amounts) {
        let receipt = World::receipt(done);
        let of = |list: &[lumio_types::TokenBalance]| {
            list.iter().map(|it| (it.account, it.amount)).collect()
        };
        (of(&receipt.tokens_before), of(&receipt.tokens_after))
    }
}

/// Makes a contract.
pub(super) fn deploy(world: &mut World, contract: &str, arguments: Vec<u8>) -> Address {
    let code = [bytecode(contract).to_vec(), arguments].concat();
    let made = world.user.address().create(world.user.nonce);
    let sent = world
        .user
        .transaction(TxKind::Create, U256::ZERO, code.into(), 5_000_000);
    assert!(world.keep(&sent).success);
    made
}

/// Has the registry make the mint of a contract, and gives ETH along.
pub(super) fn create_mint(world: &mut World, erc20: Address) -> Result<Pubkey, Bytes> {
    let wei = lumio_types::wei_of_lamports(MINT_RENT + 5);
    let input = IMints::createMintCall { erc20 }.abi_encode();
    let sent = world
        .user
        .transaction(TxKind::Call(REGISTRY), wei, input.into(), 5_000_000);
    let done = world.keep(&sent);
    match done.success {
        true => Ok(Pubkey::try_from(&done.output[..]).unwrap()),
        false => Err(done.output),
    }
}

/// Asks the registry.
pub(super) fn ask<C: SolCall>(world: &mut World, call: C) -> C::Return {
    let input = Bytes::from(call.abi_encode());
    let to = TxKind::Call(REGISTRY);
    let sent = world.user.transaction(to, U256::ZERO, input, 5_000_000);
    world.user.nonce -= 1;
    let done = world.executor.execute(&world.memory, &world.block, &sent);
    C::abi_decode_returns(&done.unwrap().output).unwrap()
}

/// Destroys tokens of the EVM's user.
pub(super) fn burn(world: &mut World, token: Address, amount: U256) {
    assert!(world.evm(token, &burnCall { amount }.abi_encode()).success);
}
