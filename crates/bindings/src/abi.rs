//! Finds the ABI of a contract in what tools write: the bare list, artefacts of Hardhat, Foundry and
//! Truffle, and what `solc` prints as JSON.

use alloy_json_abi::JsonAbi;
use serde_json::Value;

/// Why there is no ABI.
#[derive(Debug, thiserror::Error)]
pub enum AbiError {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(serde_json::Error),
    /// JSON without an ABI.
    #[error("there is no ABI in it: neither a list, nor `abi`, nor `contracts`")]
    Missing,
    /// Several contracts.
    #[error("it has several contracts: choose one of {0} with --contract")]
    Several(String),
    /// Other contracts.
    #[error("it has no contract {0}, but {1}")]
    NoSuch(String, String),
    /// An ABI that is not one.
    #[error("its ABI cannot be read: {0}")]
    Malformed(serde_json::Error),
}

/// The ABI in a text, and the contract's name if the text tells. Of several contracts, `contract`
/// names one.
///
/// # Errors
/// What is wrong with the text.
pub fn find_abi(text: &str, contract: Option<&str>) -> Result<(Option<String>, JsonAbi), AbiError> {
    let value: Value = serde_json::from_str(text).map_err(AbiError::NotJson)?;
    if value.is_array() {
        return Ok((None, read(&value)?));
    }
    if let Some(abi) = value.get("abi") {
        let keys = ["contractName", "contract"];
        let name = keys.iter().find_map(|key| value.get(key)?.as_str());
        return Ok((name.map(String::from), read(abi)?));
    }
    let contracts = value.get("contracts").and_then(Value::as_object);
    let mut found: Vec<(String, &Value)> = Vec::new();
    for (path, entry) in contracts.ok_or(AbiError::Missing)? {
        // With --combined-json, contracts are listed as `file:Name`, else by file.
        match entry.get("abi") {
            Some(abi) => {
                let name = path.rsplit(':').next().unwrap_or(path);
                found.push((name.into(), abi));
            }
            None => {
                for (name, entry) in entry.as_object().into_iter().flatten() {
                    found.extend(entry.get("abi").map(|abi| (name.clone(), abi)));
                }
            }
        }
    }
    let names: Vec<_> = found.iter().map(|(name, _)| name.clone()).collect();
    let names = names.join(", ");
    if let Some(contract) = contract {
        found.retain(|(name, _)| name == contract);
        if found.is_empty() {
            return Err(AbiError::NoSuch(contract.into(), names));
        }
    }
    match found.as_slice() {
        [] => Err(AbiError::Missing),
        [(name, abi)] => Ok((Some(name.clone()), read(abi)?)),
        _ => Err(AbiError::Several(names)),
    }
}

/// Reads a list, or a text with one, as old versions of `solc` print it.
fn read(value: &Value) -> Result<JsonAbi, AbiError> {
    let abi = match value {
        Value::String(text) => serde_json::from_str(text),
        value => serde_json::from_value(value.clone()),
    };
    abi.map_err(AbiError::Malformed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LIST: &str =
        r#"[{"type":"function","name":"f","inputs":[],"outputs":[],"stateMutability":"view"}]"#;

    #[test]
    fn an_abi_is_found_wherever_tools_put_it() {
        let quoted = serde_json::to_string(LIST).unwrap();
        for (text, name) in [
            (LIST.to_owned(), None),
            (format!(r#"{{"abi":{LIST},"bytecode":"0x"}}"#), None),
            (format!(r#"{{"contractName":"A","abi":{LIST}}}"#), Some("A")),
            (
                format!(r#"{{"contracts":{{"a.sol":{{"A":{{"abi":{LIST}}}}}}}}}"#),
                Some("A"),
            ),
            (
                format!(r#"{{"contracts":{{"a.sol:A":{{"abi":{quoted}}}}}}}"#),
                Some("A"),
            ),
        ] {
            let (found, abi) = find_abi(&text, None).unwrap();
            assert_eq!(found.as_deref(), name, "{text}");
            assert!(abi.functions.contains_key("f"), "{text}");
        }
    }

    #[test]
    fn of_several_contracts_one_is_chosen() {
        let text =
            format!(r#"{{"contracts":{{"a.sol":{{"A":{{"abi":[]}},"B":{{"abi":{LIST}}}}}}}}}"#);
        let error = find_abi(&text, None).unwrap_err().to_string();
        assert!(error.contains("A, B"), "{error}");
        assert!(
            find_abi(&text, Some("B"))
                .unwrap()
                .1
                .functions
                .contains_key("f")
        );
        find_abi(&text, Some("C")).unwrap_err();
        for text in [
            "",
            "{",
            "{}",
            "7",
            r#"{"abi":{}}"#,
            r#"{"abi":[{"type":"function"}]}"#,
        ] {
            find_abi(text, None).unwrap_err();
        }
    }
}
