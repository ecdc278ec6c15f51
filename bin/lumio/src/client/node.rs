//! What the commands ask of a node's Aptos API and of its faucet.

use super::{
    answer::{Account, ApiError, Executed, Function, Ledger, Progress},
    argument::hex,
    http::{Answer, Http},
};
use anyhow::{Context as _, anyhow, bail};
use lumio_move_engine::{Address, ModuleId, U256};
use lumio_move_transaction::{Bcs as _, EntryFunction, Hash, SignedTransaction};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

const JSON: &str = "application/json";
const SIGNED_TRANSACTION: &str = "application/x.aptos.signed_transaction+bcs";
const VIEW_FUNCTION: &str = "application/x.aptos.view_function+bcs";

/// Where a development node's API and faucet are.
pub(crate) const URL: &str = "http://127.0.0.1:8080/v1";
pub(crate) const FAUCET_URL: &str = "http://127.0.0.1:8081";

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    http: Http,
    /// Without a slash at its end.
    url: String,
}

/// A URL with a scheme and without a slash at its end; with `path` if it has none of its own.
fn tidy(url: &str, path: &str) -> anyhow::Result<String> {
    let url = url.trim().trim_end_matches('/');
    let rest = url.strip_prefix("http://").or(url.strip_prefix("https://"));
    let rest = rest.filter(|rest| !rest.is_empty());
    let rest = rest.with_context(|| format!("{url:?} is no URL: write http://HOST:PORT{path}"))?;
    let path = if rest.contains('/') { "" } else { path };
    Ok(format!("{url}{path}"))
}

impl Node {
    /// The node whose API is at a URL; `/v1` may be left out.
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            http: Http::new()?,
            url: tidy(url, "/v1")?,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn ledger(&self) -> anyhow::Result<Ledger> {
        let answer = self.get("")?;
        self.json(answer)
    }

    pub(crate) fn account(&self, address: Address) -> anyhow::Result<Account> {
        let answer = self.get(&format!("/accounts/{address}"))?;
        self.json(answer)
    }

    /// All wei of an account.
    pub(crate) fn wei(&self, address: Address) -> anyhow::Result<U256> {
        let call = EntryFunction {
            module: ModuleId::new(Address::ONE, "native_coin"),
            function: "wei_balance".into(),
            type_arguments: Vec::new(),
            arguments: vec![address.to_bytes()],
        };
        let values = self.view(&call, None)?;
        let wei = values.get(0).and_then(Value::as_str);
        wei.and_then(|text| text.parse().ok())
            .with_context(|| format!("{} tells no balance", self.url))
    }

    /// The functions of a module that others may call; none if there is no such module.
    pub(crate) fn functions(&self, module: &ModuleId) -> anyhow::Result<Option<Vec<Function>>> {
        let path = format!("/accounts/{}/module/{}", module.address, module.name);
        let mut value: Value = match self.get(&path).and_then(|answer| self.json(answer)) {
            Ok(value) => value,
            Err(error) => {
                return match error.downcast_ref::<ApiError>() {
                    Some(refusal) if refusal.code == "module_not_found" => Ok(None),
                    _ => Err(error),
                };
            }
        };
        let functions = value
            .pointer_mut("/abi/exposed_functions")
            .map(Value::take)
            .with_context(|| format!("{} tells nothing of the functions of {module}", self.url))?;
        Ok(Some(serde_json::from_value(functions)?))
    }

    /// The binary of a module.
    pub(crate) fn code(&self, module: &ModuleId) -> anyhow::Result<Vec<u8>> {
        let path = format!("/accounts/{}/module/{}", module.address, module.name);
        let value: Value = self.get(&path).and_then(|answer| self.json(answer))?;
        let code = value.get("bytecode").and_then(Value::as_str);
        hex(code.context("the node gives no code")?)
    }

    /// All resources or modules of an account, over all pages.
    pub(crate) fn list(&self, address: Address, what: &str) -> anyhow::Result<Vec<Value>> {
        // A node has more on a page than any account of a development chain.
        let answer = self.get(&format!("/accounts/{address}/{what}"))?;
        self.json(answer)
    }

    /// What a view function returns.
    pub(crate) fn view(&self, call: &EntryFunction, version: Option<u64>) -> anyhow::Result<Value> {
        let mut url = format!("{}/view", self.url);
        if let Some(version) = version {
            let _ = write!(url, "?ledger_version={version}");
        }
        let answer = self.post(&url, VIEW_FUNCTION, call.to_bytes())?;
        self.json(answer)
    }

    /// Tries a transaction. The node fills in a price, or the most gas that its payer can pay for.
    pub(crate) fn simulate(
        &self,
        transaction: &SignedTransaction,
        (fill_in_price, fill_in_gas): (bool, bool),
    ) -> anyhow::Result<Executed> {
        let url = format!(
            "{}/transactions/simulate?estimate_gas_unit_price={fill_in_price}\
             &estimate_max_gas_amount={fill_in_gas}",
            self.url
        );
        let answer = self.post(&url, SIGNED_TRANSACTION, transaction.to_bytes())?;
        let executed: Vec<Executed> = self.json(answer)?;
        let executed = executed.into_iter().next();
        executed.with_context(|| format!("{} tells nothing of the simulation", self.url))
    }

    pub(crate) fn submit(&self, transaction: &SignedTransaction) -> anyhow::Result<()> {
        let url = format!("{}/transactions", self.url);
        let answer = self.post(&url, SIGNED_TRANSACTION, transaction.to_bytes())?;
        self.json(answer).map(|_: Value| ())
    }

    /// How far a transaction has come; the node waits about a second for news.
    pub(crate) fn progress(&self, hash: &str) -> anyhow::Result<Progress> {
        let answer = self.get(&format!("/transactions/wait_by_hash/{hash}"))?;
        let value: Value = match self.json(answer) {
            Ok(value) => value,
            Err(error) => {
                return match error.downcast_ref::<ApiError>() {
                    Some(refusal) if refusal.status == 404 => Ok(Progress::Unknown),
                    _ => Err(error),
                };
            }
        };
        Ok(match value.get("type").and_then(Value::as_str) {
            Some("pending_transaction") => Progress::Pending,
            _ => Progress::Done(value),
        })
    }

    /// Asks a faucet for octas; returns hashes of transactions to wait for.
    pub(crate) fn fund(
        &self,
        faucet: &str,
        address: Address,
        octas: u64,
    ) -> anyhow::Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Funded {
            txn_hashes: Vec<String>,
        }
        let url = format!("{}/fund", tidy(faucet, "")?);
        let body = json!({ "address": format!("0x{}", address.to_hex()), "amount": octas });
        let answer = self.http.post(&url, JSON, body.to_string().into_bytes());
        let answer = answer.context(
            "the faucet does not answer: only development chains have one; name it with --faucet-url",
        )?;
        let funded: Funded = self.json(answer).context("the faucet gives nothing")?;
        Ok(funded.txn_hashes)
    }

    fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let answer = self.http.get(&format!("{}{path}", self.url));
        answer.map_err(|error| self.silent(&error))
    }

    fn post(&self, url: &str, kind: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let answer = self.http.post(url, kind, body);
        answer.map_err(|error| self.silent(&error))
    }

    fn silent(&self, error: &anyhow::Error) -> anyhow::Error {
        anyhow!("{error}\nStart a node with `lumio dev`, or name its Aptos API with --url")
    }

    fn json<T: serde::de::DeserializeOwned>(&self, answer: Answer) -> anyhow::Result<T> {
        #[derive(Deserialize)]
        struct Refusal {
            message: String,
            error_code: String,
        }
        let Answer { status, body } = answer;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body)
                .map_err(|error| anyhow!("{} does not answer like Aptos' API: {error}", self.url));
        }
        match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => Err(anyhow::Error::new(ApiError {
                status,
                message: refusal.message,
                code: refusal.error_code,
            })),
            Err(_) => bail!(
                "{} answers with HTTP status {status}: is it the URL of an Aptos API?",
                self.url
            ),
        }
    }
}

/// A hash as the API writes it.
pub(crate) fn hash_text(hash: &Hash) -> String {
    format!("0x{}", Address(*hash).to_hex())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn urls_may_leave_out_the_path() {
        for url in [
            "http://a:1",
            "http://a:1/",
            "http://a:1/v1",
            "http://a:1/v1/",
        ] {
            assert_eq!(tidy(url, "/v1").unwrap(), "http://a:1/v1");
        }
        assert_eq!(tidy("https://a/b/v1", "/v1").unwrap(), "https://a/b/v1");
        for url in ["a:1", "", "http://", "ftp://a"] {
            let error = tidy(url, "/v1").unwrap_err().to_string();
            assert!(error.contains("write http://HOST:PORT/v1"), "{error}");
        }
    }
}
