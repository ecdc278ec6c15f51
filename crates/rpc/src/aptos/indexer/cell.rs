//! What is in a column of a row: SQL's values, as far as the index has them.

use lumio_move_engine::Address;
use serde_json::{Value, json};
use std::{cmp::Ordering, fmt::Write as _, sync::Arc};

/// One value. Of a column, all have one variant, or are null.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    /// JSON, kept as text since that is smaller.
    Json(Arc<str>),
    /// The octas of an account, which the ledger alone knows. Becomes a number
    /// when a query reads the row.
    Octas(Arc<Address>),
    /// What an account has of an asset that an ERC-20 contract keeps: the contract alone knows. The
    /// account, then the asset.
    Kept(Arc<(Address, Address)>),
}

impl Cell {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    /// An address with all its digits, as the index writes every address.
    pub(super) fn address(address: &Address) -> Self {
        Self::Text(Arc::from(format!("0x{}", address.to_hex())))
    }

    pub(super) fn number(number: impl Into<Number>) -> Self {
        Self::Number(number.into())
    }

    pub(super) fn json(value: &Value) -> Self {
        Self::Json(Arc::from(value.to_string()))
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As answers have it. Numbers are JSON numbers, as large as they may be;
    /// beyond 64 bits they are rounded, as JavaScript would do with them anyway.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Null | Self::Octas(_) | Self::Kept(_) => Value::Null,
            Self::Bool(value) => json!(value),
            Self::Number(number) => number.to_json(),
            Self::Text(text) => json!(&**text),
            Self::Json(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        }
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Self::number(value)
    }
}

impl From<u128> for Cell {
    fn from(value: u128) -> Self {
        Self::number(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::text(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::text(value)
    }
}

impl From<&Address> for Cell {
    fn from(value: &Address) -> Self {
        Self::address(value)
    }
}

/// An integer of 128 bits and a sign. The bits are two halves since a `u128`
/// would double what a cell takes, and the index is mostly cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Number {
    high: u64,
    low: u64,
    negative: bool,
}

impl Number {
    #[expect(clippy::cast_possible_truncation, reason = "each half is one")]
    const fn new(negative: bool, magnitude: u128) -> Self {
        Self {
            high: (magnitude >> 64) as u64,
            low: magnitude as u64,
            negative,
        }
    }

    fn magnitude(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }

    /// Reads decimal digits with a sign; none if that is no such integer.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let magnitude = digits.parse().ok()?;
        Some(Self::new(negative && magnitude > 0, magnitude))
    }

    #[expect(clippy::cast_precision_loss, reason = "beyond 64 bits JSON rounds")]
    fn to_json(self) -> Value {
        match (self.negative, u64::try_from(self.magnitude())) {
            (false, Ok(small)) => json!(small),
            (true, Ok(small)) if small <= i64::MAX.unsigned_abs() => {
                json!(0_i64.saturating_sub_unsigned(small))
            }
            (true, _) => json!(-(self.magnitude() as f64)),
            (false, Err(_)) => json!(self.magnitude() as f64),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<u128> for Number {
    fn from(magnitude: u128) -> Self {
        Self::new(false, magnitude)
    }
}

impl From<u64> for Number {
    fn from(magnitude: u64) -> Self {
        u128::from(magnitude).into()
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::new(number < 0, number.unsigned_abs().into())
    }
}

/// The last second that a time without sign or more digits can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// A time in UTC as Postgres writes it, which sorts as text:
/// `2026-11-21T09:00:00.25`.
pub(super) fn timestamp(micros: u64) -> String {
    let (seconds, fraction) = match micros / 1_000_000 {
        seconds if seconds <= LAST_SECOND => (seconds, micros % 1_000_000),
        _ => (LAST_SECOND, 0),
    };
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if fraction > 0 {
        let digits = format!("{fraction:06}");
        let _infallible = write!(text, ".{}", digits.trim_end_matches('0'));
    }
    text
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian
/// calendar: years are counted from March on, so that leap days come last.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_calendar_dates() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00");
        assert_eq!(timestamp(951_782_400_000_000), "2000-02-29T00:00:00");
        assert_eq!(timestamp(1_795_251_723_250_000), "2026-11-21T09:02:03.25");
        assert_eq!(timestamp(1_000_001), "1970-01-01T00:00:01.000001");
        assert_eq!(timestamp(4_107_542_399_000_000), "2100-02-28T23:59:59");
        assert_eq!(timestamp(4_107_542_400_000_000), "2100-03-01T00:00:00");
        assert_eq!(timestamp(u64::MAX), "9999-12-31T23:59:59");
    }

    #[test]
    fn a_cell_is_small() {
        assert_eq!(size_of::<Cell>(), 24);
    }

    #[test]
    fn numbers_sort_by_value_and_stay_exact_up_to_64_bits() {
        let numbers: Vec<Number> = ["-340282366920938463463374607431768211455", "-2", "0", "7"]
            .iter()
            .filter_map(|text| Number::parse(text))
            .collect();
        assert_eq!(numbers.len(), 4);
        assert!(numbers.is_sorted());
        assert_eq!(Number::parse("-0"), Number::parse("0"));
        assert_eq!(Number::parse("1.5"), None);
        assert_eq!(Number::parse(""), None);
        assert_eq!(Number::from(u64::MAX).to_json(), json!(u64::MAX));
        assert_eq!(Number::from(-5_i64).to_json(), json!(-5));
        assert_eq!(
            Number::from(1_u128 << 100).to_json(),
            json!(2_f64.powi(100))
        );
    }
}
