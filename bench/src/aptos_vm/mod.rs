//! The peer of Move's transfers: a Move VM that derives from Aptos', in a process of its own.
//!
//! Initia publishes theirs as a shared library with a C interface. A program in C drives it
//! (`bench/peers/aptos-vm/drive.c`), over a store in memory and on one thread. Both VMs run the same
//! Move code: our framework's (see `modules`).

mod input;
mod install;
mod modules;
#[cfg(test)]
mod tests;

pub(crate) use install::AptosVm;

use crate::{
    layer_a::Timed,
    layer_a_move::{MoveWorkload, UNITS, transfer},
    move_chain::{Call, MoveUser, framework, number, type_of},
};
use anyhow::{Context as _, Result, ensure};
use input::Input;
use lumio_move_engine::{Address, bcs::Reader};
use modules::ASSET;
use std::time::Duration;

/// Who publishes everything, and mints.
const PUBLISHER: Address = Address::ONE;

/// One run.
pub(crate) struct Run {
    pub(crate) timed: Timed,
    pub(crate) rss_mib: f64,
}

impl AptosVm {
    /// Runs the transfers that [`MoveWorkload::measure`] does.
    ///
    /// # Errors
    /// When the program fails, a transfer fails, or balances are wrong at the end.
    pub(crate) fn measure(
        &self,
        workload: MoveWorkload,
        transactions: usize,
        senders: usize,
    ) -> Result<Run> {
        let users: Vec<Address> = (0..senders)
            .map(|index| MoveUser::new("user", index).address)
            .collect();
        let user = |index: usize| users.get(index).context("no such user");
        let mut input = Input::genesis(&self.modules);
        // Everybody has sent something before, as in our own runs.
        let before = users.len();
        input.calls(before.saturating_mul(2));
        for to in &users {
            input.call(PUBLISHER, mint(*to));
        }
        let mut balances = vec![UNITS; senders];
        for index in 0..before.saturating_add(transactions) {
            if index == before {
                input.calls(transactions);
            }
            let (from, to) = workload.route(index, senders);
            input.call(*user(from)?, transfer(ASSET, user(to)?)?);
            let balance = balances.get_mut(from).context("no such user")?;
            *balance = balance.wrapping_sub(1);
            let balance = balances.get_mut(to).context("no such user")?;
            *balance = balance.wrapping_add(1);
        }
        input.calls(users.len());
        for of in &users {
            input.question(balance(*of)?);
        }
        let output = self.drive(&input)?;
        let mut lines = output.lines();
        let run = Run::read(lines.next().unwrap_or_default())?;
        for expected in balances {
            let answer = lines.next().context("an answer is missing")?;
            let found = answer_of(answer)?;
            ensure!(
                found == format!("\"{expected}\""),
                "{found} units, not {expected}"
            );
        }
        Ok(run)
    }
}

impl Run {
    fn read(line: &str) -> Result<Self> {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let numbers = numbers.with_context(|| format!("malformed output: {line}"))?;
        let [wall, cpu, resident, gas] = numbers.as_slice() else {
            anyhow::bail!("malformed output: {line}");
        };
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
        let rss_mib = *resident as f64 / 1024.0;
        Ok(Self {
            timed: Timed {
                wall: Duration::from_nanos(*wall),
                cpu: Duration::from_nanos(*cpu),
                gas: *gas,
            },
            rss_mib,
        })
    }
}

fn mint(to: Address) -> Call {
    framework("asset", "mint", vec![], vec![to.0.to_vec(), number(UNITS)])
}

fn balance(of: Address) -> Result<Call> {
    Ok(framework(
        "primary_fungible_store",
        "balance",
        vec![type_of("0x1::fungible_asset::Metadata")?],
        vec![of.0.to_vec(), ASSET.0.to_vec()],
    ))
}

/// What a function returned, as JSON: the first field of the answer's BCS.
fn answer_of(hex: &str) -> Result<String> {
    let bytes = alloy_primitives::hex::decode(hex)?;
    Reader::new(&bytes)
        .string()
        .map_err(|error| anyhow::anyhow!("malformed answer: {error:?}"))
}
