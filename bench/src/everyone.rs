//! A chain with all three machines in memory, and loads of each of them for it.

use crate::{
    layer_a::funds,
    layer_a_move::MoveWorkload,
    move_chain::MoveChain,
    signer::CHAIN_ID,
    svm_chain::{MINT_TO, SvmChain, TRANSFER, make_account, make_mint, token},
    workload::{Size, Workload, partner},
};
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::{TxKind, U256};
use anyhow::{Context as _, Result};
use lumio_executor::{BlockContext, Executor};
use lumio_state::{EmptyView, Overlay, StateKey, Value};
use lumio_types::{
    Envelope, SOLANA_MAGIC, SolanaTransaction, Transaction, sign_carrier, wei_of_lamports,
};
use lumio_vm_svm::account_id;
use rand::{SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::collections::VecDeque;

/// Lamports that each user of Solana starts with.
const LAMPORTS: u64 = 1_000_000_000_000;
/// Of ten transactions of a mixed block, which machine's each is.
const MIX: [Machine; 10] = {
    use Machine::{Evm, Move, Solana};
    [Evm, Move, Evm, Move, Solana, Evm, Move, Evm, Move, Solana]
};

/// Which sender is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turns {
    /// All of them in turn.
    InTurn,
    /// Any of them, at random; all send equally often in the end.
    AtRandom,
}

impl Turns {
    /// Transactions that so many senders sent in turn, as these turns have them.
    fn order<T>(self, in_turn: Vec<T>, senders: usize) -> Vec<T> {
        if self == Self::InTurn {
            return in_turn;
        }
        let mut lanes: Vec<VecDeque<T>> = Vec::new();
        lanes.resize_with(senders, VecDeque::new);
        let mut turns: Vec<usize> = (0..senders).cycle().take(in_turn.len()).collect();
        for (lane, transaction) in turns.iter().zip(in_turn) {
            if let Some(lane) = lanes.get_mut(*lane) {
                lane.push_back(transaction);
            }
        }
        turns.shuffle(&mut StdRng::seed_from_u64(1));
        let ordered = turns
            .into_iter()
            .filter_map(|lane| lanes.get_mut(lane)?.pop_front());
        ordered.collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Machine {
    Evm,
    Move,
    Solana,
}

/// Transactions, and the state before them.
pub(crate) struct Load {
    pub(crate) executor: Executor,
    pub(crate) block: BlockContext,
    before: Vec<(StateKey, Option<Value>)>,
    pub(crate) transactions: Vec<Transaction>,
}

impl Load {
    /// The state before the load.
    pub(crate) fn state(&self) -> Overlay<EmptyView> {
        let mut state = Overlay::new(EmptyView);
        state.apply(self.before.iter().cloned());
        state
    }
}

/// The chain.
pub(crate) struct Everyone {
    chain: MoveChain,
    turns: Turns,
}

impl Everyone {
    /// After genesis and the start of a block.
    ///
    /// # Errors
    /// When genesis cannot be made.
    pub(crate) fn new(turns: Turns) -> Result<Self> {
        let chain = MoveChain::with_solana()?;
        Ok(Self { chain, turns })
    }

    /// The chain as it is, and what is to be run on it.
    pub(crate) fn load(self, transactions: Vec<Transaction>) -> Load {
        let MoveChain {
            executor,
            block,
            state,
            ..
        } = self.chain;
        Load {
            executor,
            block,
            before: state.into_writes().into_iter().collect(),
            transactions,
        }
    }

    /// Transactions of the EVM, after what they need.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) fn evm(
        &mut self,
        workload: Workload,
        transactions: usize,
        senders: usize,
    ) -> Result<Vec<Transaction>> {
        let plan = workload.plan(Size {
            transactions,
            senders,
        })?;
        self.chain.state.apply(funds(&plan));
        for signed in plan.setup.iter().flatten() {
            self.chain.run(&signed.transaction)?;
        }
        let load = plan.load.into_iter();
        let load = load.map(|signed| signed.transaction).collect();
        Ok(self.turns.order(load, senders))
    }

    /// Transactions of Move, after what they need.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) fn moving(
        &mut self,
        workload: MoveWorkload,
        transactions: usize,
        senders: usize,
    ) -> Result<Vec<Transaction>> {
        let load = workload.load(transactions, senders, &mut self.chain)?;
        let load = load.into_iter();
        let load = load.map(|carrier| carrier.transaction).collect();
        Ok(self.turns.order(load, senders))
    }

    /// Transfers of SOL between users.
    ///
    /// # Errors
    /// When one cannot be signed.
    pub(crate) fn sol(&mut self, count: usize, senders: usize) -> Result<Vec<Transaction>> {
        let users = self.users(senders)?;
        let transfers = (0..count).map(|number| {
            let from = users.get(number % senders).context("no sender")?;
            let to = users.get(partner(number, senders)).context("no user")?;
            // The amount makes each another one.
            let transfer = system::transfer(&from.pubkey(), &to.pubkey(), number as u64 + 1);
            self.carrier(&[transfer], &[from])
        });
        let transfers: Vec<_> = transfers.collect::<Result<_>>()?;
        Ok(self.turns.order(transfers, senders))
    }

    /// Transfers of SPL tokens between users, or to one.
    ///
    /// # Errors
    /// When a mint or an account cannot be made.
    pub(crate) fn spl(
        &mut self,
        count: usize,
        senders: usize,
        is_hot: bool,
    ) -> Result<Vec<Transaction>> {
        let users = self.users(senders)?;
        let accounts = self.token_accounts(&users)?;
        let transfers = (0..count).map(|number| {
            let user = users.get(number % senders).context("no sender")?;
            let from = accounts.get(number % senders).context("no account")?;
            let to = match is_hot {
                true => 0,
                false => partner(number, senders),
            };
            let to = accounts.get(to).context("no account")?;
            let transfer = token(TRANSFER, [from, to, &user.pubkey()], number as u64 + 1);
            self.carrier(&[transfer], &[user])
        });
        let transfers: Vec<_> = transfers.collect::<Result<_>>()?;
        Ok(self.turns.order(transfers, senders))
    }

    /// ERC-20 transfers, those of a fungible asset, and those of SPL tokens.
    ///
    /// # Errors
    /// As for each of them.
    pub(crate) fn mixed(&mut self, count: usize, senders: usize) -> Result<Vec<Transaction>> {
        let of = |machine| {
            let machines = MIX.iter().cycle().take(count);
            machines.filter(|it| **it == machine).count()
        };
        let erc20 = match self.turns {
            Turns::InTurn => Workload::Erc20,
            Turns::AtRandom => Workload::Erc20Among,
        };
        let mut evm = self
            .evm(erc20, of(Machine::Evm).max(1), senders)?
            .into_iter();
        let mut moving = self
            .moving(MoveWorkload::Fa, of(Machine::Move), senders)?
            .into_iter();
        let mut solana = self.spl(of(Machine::Solana), senders, false)?.into_iter();
        let machines = MIX.iter().cycle().take(count);
        let mixed = machines.filter_map(|machine| match machine {
            Machine::Evm => evm.next(),
            Machine::Move => moving.next(),
            Machine::Solana => solana.next(),
        });
        Ok(mixed.collect())
    }

    fn users(&mut self, count: usize) -> Result<Vec<Keypair>> {
        let users: Vec<_> = (0..count).map(SvmChain::stranger).collect();
        for user in &users {
            let address = account_id(&user.pubkey()).evm_address();
            let wei = Value::word(U256::from(wei_of_lamports(LAMPORTS)));
            let balance = StateKey::Balance(address);
            self.chain.state.apply([(balance, Some(wei))]);
        }
        Ok(users)
    }

    fn token_accounts(&mut self, users: &[Keypair]) -> Result<Vec<Pubkey>> {
        let payer = users.first().context("no users")?;
        let mint = SvmChain::stranger(users.len());
        let mint_key = mint.pubkey();
        let made = make_mint(&payer.pubkey(), &mint_key);
        let made = self.carrier(&made, &[payer, &mint])?;
        self.chain.run(&made)?;
        let mut accounts = Vec::with_capacity(users.len());
        for (number, user) in (1..).zip(users) {
            let account = SvmChain::stranger(users.len() + number);
            let (key, signer) = (account.pubkey(), payer.pubkey());
            let mut made = make_account(&signer, &key, &mint_key, &user.pubkey()).to_vec();
            made.push(token(MINT_TO, [&mint_key, &key, &signer], 1 << 40));
            let made = self.carrier(&made, &[payer, &account])?;
            self.chain.run(&made)?;
            accounts.push(key);
        }
        Ok(accounts)
    }

    /// Signed instructions in a carrier.
    fn carrier(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Transaction> {
        let payer = signers.first().context("nobody pays")?.pubkey();
        let hash = Hash::new_from_array(self.chain.block.parent_hash.0);
        let message = Message::new_with_blockhash(instructions, Some(&payer), &hash);
        let message = VersionedMessage::Legacy(message);
        let signed = VersionedTransaction::try_new(message, signers)?;
        let inner = SolanaTransaction::trusted(&wincode::serialize(&signed)?)?;
        let gas_limit = self.chain.executor.solana_gas_limit(u64::MAX, &inner)?;
        let envelope = TxLegacy {
            chain_id: Some(CHAIN_ID),
            gas_limit,
            to: TxKind::Create,
            input: [SOLANA_MAGIC.as_slice(), &inner.wire].concat().into(),
            ..TxLegacy::default()
        };
        let signature = sign_carrier(envelope.signature_hash());
        let envelope = Envelope::Legacy(envelope.into_signed(signature));
        Ok(Transaction::recover(envelope)?)
    }
}
