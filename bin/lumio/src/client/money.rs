//! Amounts of ETH in text: octas (10^-8 ETH, the unit of Move's coin), or ETH.

use anyhow::{Context as _, bail};
use lumio_move_engine::U256;

const OCTA_DIGITS: usize = 8;
const WEI_DIGITS: usize = 18;
/// Wei of one octa.
const WEI_OF_OCTA: u64 = 10_000_000_000;

/// Reads `250` (octas) or `2.5ETH`, into octas.
pub(crate) fn octas_of(text: &str) -> anyhow::Result<u64> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let Some(eth) = lower.strip_suffix("eth") else {
        return text.replace('_', "").parse().with_context(|| {
            format!("{text:?} is no amount: write octas as in 100000000, or ETH as in 1.5ETH")
        });
    };
    let (whole, part) = eth.trim().split_once('.').unwrap_or((eth.trim(), ""));
    if part.len() > OCTA_DIGITS {
        bail!("{text} is finer than an octa, which is 0.00000001ETH");
    }
    let digits = format!("{whole}{part:0<OCTA_DIGITS$}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        bail!("{text:?} is no amount of ETH: write it as in 1.5ETH");
    }
    digits
        .parse()
        .with_context(|| format!("{text} is more than there can be"))
}

/// Whole octas of wei.
pub(crate) fn whole_octas(wei: U256) -> U256 {
    wei.checked_div(U256::from(WEI_OF_OCTA)).unwrap_or_default()
}

/// Octas as ETH.
pub(crate) fn eth_of_octas(octas: U256) -> String {
    decimal(&octas.to_string(), OCTA_DIGITS)
}

/// Wei as ETH.
pub(crate) fn eth_of_wei(wei: U256) -> String {
    decimal(&wei.to_string(), WEI_DIGITS)
}

fn decimal(digits: &str, places: usize) -> String {
    let padded = format!("{digits:0>width$}", width = places.saturating_add(1));
    let (whole, part) = padded.split_at(padded.len().saturating_sub(places));
    let part = part.trim_end_matches('0');
    match part {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn amounts_are_octas_or_eth() {
        for (text, octas) in [
            ("0", 0),
            ("250", 250),
            ("1_000", 1000),
            ("1ETH", 100_000_000),
            ("2.5eth", 250_000_000),
            ("0.00000001 ETH", 1),
        ] {
            assert_eq!(octas_of(text).unwrap(), octas, "{text}");
        }
        for (text, why) in [
            ("", "no amount"),
            ("-1", "no amount"),
            ("1.5", "no amount"),
            ("eth", "no amount of ETH"),
            (".5eth", "no amount of ETH"),
            ("1.2.3eth", "no amount of ETH"),
            ("0.000000001eth", "finer than an octa"),
            ("999999999999eth", "more than there can be"),
        ] {
            let error = format!("{:#}", octas_of(text).unwrap_err());
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn eth_is_shown_without_needless_zeros() {
        let wei = U256::from(1_500_000_000_000_000_001_u64);
        assert_eq!(eth_of_wei(wei), "1.500000000000000001");
        assert_eq!(whole_octas(wei), U256::from(150_000_000));
        assert_eq!(eth_of_octas(U256::from(150_000_000)), "1.5");
        assert_eq!(eth_of_octas(U256::from(1)), "0.00000001");
        assert_eq!(eth_of_wei(U256::ZERO), "0");
        assert_eq!(eth_of_octas(U256::from(10_u64.pow(10))), "100");
    }
}
