//! What to do about what a node refuses.

use lumio_move_engine::Address;

/// What the status of a transaction may have in it, and what to do then.
const ADVICE: &[(&str, &str)] = &[
    (
        "BACKWARD_INCOMPATIBLE_MODULE_UPDATE",
        "An upgrade keeps the signatures of public and entry functions and the fields of structs. \
         Put back what was changed, or publish at another address: --object NAME makes a new one",
    ),
    (
        "MODULE_ADDRESS_DOES_NOT_MATCH_SENDER",
        "Compile the package for the account that publishes it: --named-addresses NAME=ADDRESS",
    ),
    (
        "EMODULE_MISSING",
        "An upgrade has all modules that the package had. Put back the one that is missing",
    ),
    (
        "EMODULE_NAME_CLASH",
        "Another package of the account has a module of this name. Rename one of them, or publish \
         at another address",
    ),
    (
        "EUPGRADE_IMMUTABLE",
        "The package was published as immutable. Publish it under another name or address",
    ),
    (
        "EUPGRADE_WEAKER_POLICY",
        "Set upgrade_policy in Move.toml to what was published, or to a stricter one",
    ),
    (
        "EINCOMPATIBLE_POLICY_DISABLED",
        "Set upgrade_policy in Move.toml to \"compatible\" or \"immutable\"",
    ),
    (
        "EPACKAGE_DEP_MISSING",
        "Publish the packages under [dependencies] first, at the addresses that the named \
         addresses say",
    ),
    (
        "EDEP_WEAKER_POLICY",
        "A package cannot be stricter than one that it depends on. Publish that one with the same \
         upgrade_policy",
    ),
    (
        "EINSUFFICIENT_BALANCE",
        "The account has less of the coin than it is to give. `lumio move account balance` shows \
         its ETH",
    ),
    (
        "GAS_UNIT_PRICE_BELOW_MIN_BOUND",
        "Leave out --gas-unit-price: the node suggests one",
    ),
    (
        "EXCEEDED_MAX_TRANSACTION_SIZE",
        "Leave the sources out with --included-artifacts none, or split the package",
    ),
    (
        "SEQUENCE_NUMBER_TOO_OLD",
        "Another transaction of this account was faster. Try again",
    ),
    (
        "TRANSACTION_EXPIRED",
        "It waited too long for a block. Try again, or raise --expiration-secs",
    ),
    (
        "INVALID_AUTH_KEY",
        "The key is not the account's. If it was rotated, name the account with --sender-account",
    ),
];

/// Statuses of those who cannot pay.
const POOR: &[&str] = &[
    "INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE",
    "PROLOGUE_ECANT_PAY_GAS_DEPOSIT",
    "MAX_GAS_UNITS_BELOW_MIN",
];
const OUT_OF_GAS: &[&str] = &["OUT_OF_GAS", "Out of gas"];

/// What to do about a status, if that is known. `has_limit` says whether the sender chose how much
/// gas there may be: if not, it was what the account can pay for.
pub(crate) fn of_refusal(status: &str, sender: &str, has_limit: bool) -> Option<String> {
    let has = |list: &[&str]| list.iter().any(|part| status.contains(part));
    if status.contains("MAX_GAS_UNITS_BELOW_MIN") && has_limit {
        return Some("Raise --max-gas".into());
    }
    if status.contains("MAX_GAS_UNITS_EXCEEDS") {
        return Some("Lower --max-gas".into());
    }
    if has(OUT_OF_GAS) && has_limit {
        return Some("Raise --max-gas, or leave it out".into());
    }
    if has(POOR) || has(OUT_OF_GAS) {
        return Some(format!(
            "{sender} has not enough ETH. On a development chain: \
             lumio move account fund --account {sender}"
        ));
    }
    let known = ADVICE.iter().find(|(part, _)| status.contains(part));
    known.map(|(_, advice)| (*advice).to_owned())
}

/// The same error with advice, if there is any.
pub(crate) fn advised(error: anyhow::Error, sender: Address) -> anyhow::Error {
    let Some(refusal) = error.downcast_ref::<super::answer::ApiError>() else {
        return error;
    };
    match of_refusal(&refusal.message, &sender.to_string(), true) {
        Some(advice) => anyhow::anyhow!("{refusal}\n{advice}"),
        None => error,
    }
}
