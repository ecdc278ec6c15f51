//! The part of the mix that is Move's.

use super::*;

/// What a call of Move does to balances: from, to, octas. Nothing if it fails.
type Payments = Option<Vec<(MoveAddress, MoveAddress, u64)>>;

fn number(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn tag(text: &str) -> TypeTag {
    text.parse().unwrap()
}

impl World {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn moving(
        &mut self,
        block: &BlockContext,
        from: usize,
        payer: Option<usize>,
        bearer: Option<usize>,
        act: &Act,
        flaw: Option<Flaw>,
    ) -> Option<(Transaction, Executed)> {
        let payer = payer.filter(|payer| *payer != from);
        let (function, types, arguments) = self.call(from, act);
        let least = (u128::from(block.base_fee) * 100).div_ceil(u128::from(OCTA_WEI));
        let price = u64::try_from(least).unwrap().max(1) + from as u64;
        let payload = TransactionPayload::EntryFunction(EntryFunction {
            module: function.0,
            function: function.1.into(),
            type_arguments: types,
            arguments,
        });
        let mut raw = RawTransaction {
            gas_unit_price: price,
            max_gas_amount: MAX_UNITS,
            ..self.movers[from].raw(payload)
        };
        match flaw {
            Some(Flaw::Sequence) => raw.sequence_number += 1,
            Some(Flaw::Expired) => raw.expiration_timestamp_secs = block.timestamp,
            Some(Flaw::Chain) => raw.chain_id += 1,
            Some(Flaw::Price) => raw.gas_unit_price = least as u64 - 1,
            _ => {}
        }
        let mut sent = match payer {
            Some(payer) => self.movers[from].sign_for(raw, &self.movers[payer]),
            None => self.movers[from].sign(raw),
        };
        if let Some(Flaw::Signature) = flaw {
            sent.raw.max_gas_amount -= 1;
        }
        let Some(transaction) = self.envelope(&sent, bearer, flaw) else {
            assert!(
                matches!(flaw, Some(Flaw::Bytes | Flaw::Signature)),
                "{flaw:?}"
            );
            self.movers[from].sequence_number -= 1;
            return None;
        };
        let who_pays = self.movers[payer.unwrap_or(from)].address;
        let affords = self.octas(who_pays) >= MAX_UNITS * price;
        let executed = self.executor.execute(&self.memory, block, &transaction);
        if flaw.is_some() || !affords {
            let refused = matches!(
                executed,
                Err(ExecuteError::Move(_) | ExecuteError::Invalid(_))
            );
            assert!(refused, "{flaw:?} {affords} {executed:?}");
            self.movers[from].sequence_number -= 1;
            return None;
        }
        let executed = executed.unwrap();
        self.same_as_simulated(block, &sent, &executed, bearer);
        if let Some(bearer) = bearer {
            self.evm[bearer].nonce += 1;
        }
        let units = executed
            .carried
            .as_ref()
            .unwrap()
            .as_move()
            .unwrap()
            .gas_units;
        let fee = units * price;
        let payments = self.predicted(from, act).filter(|payments| {
            let mut octas = i128::from(self.octas(who_pays));
            for (from, to, amount) in payments {
                octas -= i128::from(*amount) * i128::from(ledger(*from) == ledger(who_pays));
                octas += i128::from(*amount) * i128::from(ledger(*to) == ledger(who_pays));
            }
            octas >= i128::from(fee)
        });
        assert_eq!(executed.success, payments.is_some(), "{act:?} {executed:?}");
        match payments {
            Some(payments) => {
                for (from, to, octas) in payments {
                    self.pay_octas(from, to, octas);
                }
                self.kept(from, act);
            }
            None => {
                assert_eq!(executed.events.len(), 1, "only the fee statement");
            }
        }
        self.pay(
            ledger(who_pays),
            FEE_VAULT.parse().unwrap(),
            wei_of_octas(fee),
        );
        self.memory.apply(&executed.writes);
        Some((transaction, executed))
    }

    /// Puts a transaction into an envelope of nobody's or of an EVM user's. Nothing if that is no
    /// transaction.
    fn envelope(
        &self,
        sent: &SignedTransaction,
        bearer: Option<usize>,
        flaw: Option<Flaw>,
    ) -> Option<Transaction> {
        let mut input = [MOVE_MAGIC.as_slice(), &sent.to_bytes()].concat();
        if let Some(Flaw::Bytes) = flaw {
            input.pop();
        }
        if bearer.is_none() && flaw.is_none() {
            return Some(carrier(sent));
        }
        let user = &self.evm[bearer.unwrap_or(0)];
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: user.nonce,
            gas_limit: MAX_UNITS * 100 - u64::from(matches!(flaw, Some(Flaw::Gas))),
            to: TxKind::Create,
            value: U256::from(u8::from(matches!(flaw, Some(Flaw::Value)))),
            input: input.into(),
            ..TxEip1559::default()
        };
        let signature = user.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
        Transaction::recover(Envelope::Eip1559(tx.into_signed(signature))).ok()
    }

    fn call(
        &self,
        from: usize,
        act: &Act,
    ) -> ((ModuleId, &'static str), Vec<TypeTag>, Vec<Vec<u8>>) {
        let to = |place: usize| self.place(place).0.to_vec();
        let purse = |function| (ModuleId::new(owner().address, "purse"), function);
        let framework =
            |module: &str, function| (ModuleId::new(MoveAddress::ONE, module), function);
        match act {
            Act::Transfer {
                way,
                to: place,
                octas,
            } => self.transfer_call(*way, self.place(*place), *octas),
            Act::Drain { to: place } => {
                let all = self.octas(self.movers[from].address);
                self.transfer_call(0, self.place(*place), all)
            }
            Act::Save { octas } => (purse("save"), vec![], vec![number(*octas)]),
            Act::Spend { to: place, octas } => {
                (purse("spend"), vec![], vec![to(*place), number(*octas)])
            }
            Act::Lock { octas } => (purse("lock"), vec![], vec![number(*octas)]),
            Act::Unlock { to: place, octas } => {
                (purse("unlock"), vec![], vec![to(*place), number(*octas)])
            }
            Act::Juggle { to: place, octas } => {
                (purse("juggle"), vec![], vec![to(*place), number(*octas)])
            }
            Act::SaveAndAbort { octas } => (purse("save_and_abort"), vec![], vec![number(*octas)]),
            Act::SpendAllGas { to: place, octas } => (
                purse("spend_all_gas"),
                vec![],
                vec![to(*place), number(*octas)],
            ),
            Act::Publish { is_broken } => {
                let mut modules = hazards(self.movers[from].address);
                if *is_broken {
                    modules[0].1.truncate(100);
                }
                let arguments = publication("Hazards", &modules);
                (framework("code", "publish_package_txn"), vec![], arguments)
            }
        }
    }

    fn transfer_call(
        &self,
        way: usize,
        to: MoveAddress,
        octas: u64,
    ) -> ((ModuleId, &'static str), Vec<TypeTag>, Vec<Vec<u8>>) {
        let (aptos, native) = ("0x1::aptos_coin::AptosCoin", "0x1::native_coin::NativeCoin");
        let metadata = "0x1::fungible_asset::Metadata";
        let (module, function, types): (_, _, Vec<&str>) = match way {
            0 => ("aptos_account", "transfer", vec![]),
            1 => ("coin", "transfer", vec![aptos]),
            2 => ("coin", "transfer", vec![native]),
            3 => ("aptos_account", "transfer_coins", vec![aptos]),
            4 => ("primary_fungible_store", "transfer", vec![metadata]),
            _ => ("aptos_account", "transfer_fungible_assets", vec![]),
        };
        let mut arguments = vec![to.0.to_vec(), number(octas)];
        if way > 3 {
            arguments.insert(0, MoveAddress::small(10).0.to_vec());
        }
        let types = types.into_iter().map(tag).collect();
        (
            (ModuleId::new(MoveAddress::ONE, module), function),
            types,
            arguments,
        )
    }

    fn predicted(&self, from: usize, act: &Act) -> Payments {
        let sender = self.movers[from].address;
        let has = |owner, octas: &u64| self.octas(owner) >= *octas;
        match act {
            Act::Transfer { to, octas, .. } => {
                has(sender, octas).then(|| vec![(sender, self.place(*to), *octas)])
            }
            Act::Drain { to } => Some(vec![(sender, self.place(*to), self.octas(sender))]),
            Act::Save { octas } => has(sender, octas).then(|| vec![(sender, VAULT, *octas)]),
            Act::Spend { to, octas } => {
                (self.purses[from]? >= *octas).then(|| vec![(VAULT, self.place(*to), *octas)])
            }
            Act::Lock { octas } => {
                has(sender, octas).then(|| vec![(sender, self.till(from), *octas)])
            }
            Act::Unlock { to, octas } => (self.tills[from] && has(self.till(from), octas))
                .then(|| vec![(self.till(from), self.place(*to), *octas)]),
            Act::Juggle { to, octas } => {
                has(sender, octas).then(|| vec![(sender, self.place(*to), octas - octas / 2)])
            }
            Act::SaveAndAbort { .. } | Act::SpendAllGas { .. } => None,
            Act::Publish { is_broken } => (!is_broken).then(Vec::new),
        }
    }

    fn kept(&mut self, from: usize, act: &Act) {
        match act {
            Act::Save { octas } => {
                *self.purses[from].get_or_insert(0) += octas;
            }
            Act::Spend { octas, .. } => self.purses[from] = self.purses[from].map(|it| it - octas),
            Act::Lock { .. } => self.tills[from] = true,
            _ => {}
        }
    }

    /// The octas that are in structs.
    pub fn saved(&self) -> u64 {
        self.purses.iter().flatten().sum()
    }

    /// Simulated on the same state, without signatures, it does the same for the same gas.
    fn same_as_simulated(
        &self,
        block: &BlockContext,
        sent: &SignedTransaction,
        executed: &Executed,
        bearer: Option<usize>,
    ) {
        let mut unsigned = sent.clone();
        match &mut unsigned.authenticator {
            TransactionAuthenticator::Ed25519 { signature, .. } => {
                *signature = Ed25519Signature([0; 64]);
            }
            TransactionAuthenticator::FeePayer {
                sender, fee_payer, ..
            } => {
                for account in [sender, &mut **fee_payer] {
                    if let lumio_move_transaction::AccountAuthenticator::Ed25519 {
                        signature, ..
                    } = account
                    {
                        *signature = Ed25519Signature([0; 64]);
                    }
                }
            }
            other => panic!("{other:?}"),
        }
        let inner = MoveTransaction::simulated(unsigned).unwrap();
        let simulated = self
            .executor
            .simulate_move(&self.memory, block, &inner)
            .unwrap();
        let end = |executed: &Executed| {
            let carried = executed.carried.as_ref().unwrap().as_move().unwrap();
            (executed.gas_used, carried.gas_units, carried.status.clone())
        };
        assert_eq!(end(executed), end(&simulated));
        assert_eq!(executed.events, simulated.events);
        let mut writes = lumio_state::WriteSet::from(executed.writes.clone());
        if let Some(bearer) = bearer {
            writes.remove(&StateKey::EvmAccount(self.evm[bearer].address()));
        }
        assert_eq!(writes, lumio_state::WriteSet::from(simulated.writes));
    }

    /// What a view of Move says.
    pub fn view(&self, function: (&str, &str), types: &[&str], arguments: &[Vec<u8>]) -> Vec<u8> {
        let module = ModuleId::new(MoveAddress::ONE, function.0);
        let types: Vec<_> = types.iter().map(|it| tag(it)).collect();
        let context = block(self.height);
        let viewed = self
            .executor
            .with_move(&self.memory, &context, 10_000_000, |vm, bus| {
                vm.view(bus, (&module, function.1), &types, arguments)
                    .unwrap()
            });
        viewed.unwrap().values.remove(0)
    }

    /// All faces of a balance show the same.
    pub fn check_faces(&self, owner: MoveAddress) {
        let octas = number(self.octas(owner));
        let who = owner.0.to_vec();
        let eth = MoveAddress::small(10).0.to_vec();
        for coin in ["0x1::aptos_coin::AptosCoin", "0x1::native_coin::NativeCoin"] {
            assert_eq!(
                self.view(("coin", "balance"), &[coin], std::slice::from_ref(&who)),
                octas
            );
        }
        let metadata = ["0x1::fungible_asset::Metadata"];
        let assets = ("primary_fungible_store", "balance");
        assert_eq!(self.view(assets, &metadata, &[who.clone(), eth]), octas);
        let wei = self.view(("native_coin", "wei_balance"), &[], &[who]);
        assert_eq!(wei, self.wei(owner).to_le_bytes::<32>());
    }

    /// The state has what the model says, and nothing else.
    pub fn check(&self, supply: U256) {
        let mut model = self.model.clone();
        model.retain(|_, wei| !wei.is_zero());
        assert_eq!(balances(&self.memory), model);
        assert_eq!(self.memory.supply() + self.burnt, supply);
        assert!(self.octas(VAULT) >= self.saved(), "coins are backed");
        for (key, value) in &self.memory.0 {
            if let StateKey::Balance(_) = key {
                assert!(value.as_word() != Some(U256::ZERO), "zero is no entry");
            }
        }
    }
}
