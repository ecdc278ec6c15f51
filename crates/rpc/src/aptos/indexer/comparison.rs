//! Comparisons of a column with what a request says, as in SQL.

use super::{
    cell::{Cell, Number},
    filter::{FilterError, expected, list},
    read::shown_type,
    tables::Kind,
};
use async_graphql::Value;
use lumio_move_engine::StructTag;
use std::{borrow::Cow, cmp::Ordering};

/// What is asked of a column.
#[derive(Debug)]
pub(super) enum Comparison {
    Equal(Cell),
    NotEqual(Cell),
    Order(Ordering, Cell),
    /// Not in this order.
    NotOrder(Ordering, Cell),
    In(Vec<Cell>),
    NotIn(Vec<Cell>),
    IsNull(bool),
    Like {
        pattern: String,
        ignore_case: bool,
        wanted: bool,
    },
    Contains(serde_json::Value),
    HasKey(String),
}

impl Comparison {
    /// Reads what stands at a column's name: several comparisons, all of which must hold.
    pub(super) fn read(kind: Kind, name: &str, value: &Value) -> Result<Vec<Self>, FilterError> {
        let Value::Object(operators) = value else {
            return Err(expected(name, "an object of comparisons"));
        };
        let mut tests = Vec::new();
        for (operator, operand) in operators {
            if *operand == Value::Null {
                return Err(expected(operator, "a value, not null"));
            }
            let one = || read_cell(kind, name, operand);
            let several = || {
                let cells = list(operand)
                    .iter()
                    .map(|value| read_cell(kind, name, value));
                cells.collect::<Result<Vec<_>, _>>()
            };
            let text = || match operand {
                Value::String(text) => Ok(text.clone()),
                _ => Err(expected(operator, "a string")),
            };
            let like = |ignore_case, wanted| {
                Ok::<_, FilterError>(Self::Like {
                    pattern: text()?,
                    ignore_case,
                    wanted,
                })
            };
            tests.push(match operator.as_str() {
                "_eq" => Self::Equal(one()?),
                "_neq" => Self::NotEqual(one()?),
                "_gt" => Self::Order(Ordering::Greater, one()?),
                "_lt" => Self::Order(Ordering::Less, one()?),
                "_gte" => Self::NotOrder(Ordering::Less, one()?),
                "_lte" => Self::NotOrder(Ordering::Greater, one()?),
                "_in" => Self::In(several()?),
                "_nin" => Self::NotIn(several()?),
                "_is_null" => match operand {
                    Value::Boolean(wanted) => Self::IsNull(*wanted),
                    _ => return Err(expected(operator, "true or false")),
                },
                "_like" => like(false, true)?,
                "_nlike" => like(false, false)?,
                "_ilike" => like(true, true)?,
                "_nilike" => like(true, false)?,
                "_contains" => Self::Contains(json(operand)),
                "_has_key" => Self::HasKey(text()?),
                _ => return Err(FilterError::Unknown(operator.to_string())),
            });
        }
        Ok(tests)
    }

    /// Whether it holds of a value; none if null stands in the way of telling.
    pub(super) fn holds(&self, cell: &Cell) -> Option<bool> {
        if let Self::IsNull(wanted) = self {
            return Some((*cell == Cell::Null) == *wanted);
        }
        if *cell == Cell::Null {
            return None;
        }
        Some(match self {
            Self::Equal(other) => same(cell, other),
            Self::NotEqual(other) => !same(cell, other),
            Self::Order(order, other) => cell.cmp(other) == *order,
            Self::NotOrder(order, other) => cell.cmp(other) != *order,
            Self::In(others) => others.iter().any(|other| same(cell, other)),
            Self::NotIn(others) => !others.iter().any(|other| same(cell, other)),
            Self::Like {
                pattern,
                ignore_case,
                wanted,
            } => {
                let text = cell.as_text().unwrap_or_default();
                let found = if *ignore_case {
                    like(&pattern.to_lowercase(), &text.to_lowercase())
                } else {
                    like(pattern, text)
                };
                found == *wanted
            }
            Self::Contains(part) => contains(&cell.to_json(), part),
            Self::HasKey(key) => cell.to_json().get(key).is_some(),
            Self::IsNull(_) => false,
        })
    }
}

fn json(value: &Value) -> serde_json::Value {
    value.clone().into_json().unwrap_or_default()
}

/// A value to compare a column with.
fn read_cell(kind: Kind, name: &str, value: &Value) -> Result<Cell, FilterError> {
    match (kind, value) {
        (Kind::Text, Value::String(text)) => Ok(Cell::text(as_shown(text))),
        (Kind::Text, _) => Err(expected(name, "a string")),
        (Kind::Bool, Value::Boolean(value)) => Ok(Cell::Bool(*value)),
        (Kind::Bool, _) => Err(expected(name, "true or false")),
        (Kind::Int | Kind::Bigint | Kind::Numeric, value) => {
            let number = match value {
                Value::Number(number) => Number::parse(&number.to_string()),
                Value::String(text) => Number::parse(text),
                _ => None,
            };
            number
                .map(Cell::Number)
                .ok_or_else(|| expected(name, "an integer"))
        }
        (Kind::Timestamp, Value::String(text)) => Ok(Cell::text(as_stored(text))),
        (Kind::Timestamp, _) => Err(expected(name, "a time")),
        (Kind::Json, value) => Ok(Cell::json(&json(value))),
    }
}

/// A text, or a type in the one form in which the index has it: clients write
/// addresses in types with and without leading zeros.
fn as_shown(text: &str) -> Cow<'_, str> {
    if !text.starts_with("0x") || !text.contains("::") {
        return Cow::Borrowed(text);
    }
    match text.parse::<StructTag>() {
        Ok(tag) => Cow::Owned(shown_type(&tag.to_string())),
        Err(_) => Cow::Borrowed(text),
    }
}

/// A time in UTC as clients may write it, in the one form that compares.
fn as_stored(time: &str) -> String {
    let time = time.trim_end_matches('Z');
    let time = time
        .strip_suffix("+00:00")
        .unwrap_or(time)
        .replace(' ', "T");
    match time.split_once('.') {
        Some((seconds, fraction)) => match fraction.trim_end_matches('0') {
            "" => seconds.to_owned(),
            fraction => format!("{seconds}.{fraction}"),
        },
        None => time,
    }
}

/// JSON is the same whatever the order of its fields.
fn same(cell: &Cell, other: &Cell) -> bool {
    match (cell, other) {
        (Cell::Json(_), Cell::Json(_)) => cell.to_json() == other.to_json(),
        _ => cell == other,
    }
}

/// SQL's `LIKE`: `%` is any text, `_` any character, `\` takes the next one as
/// it is. Goes back to the last `%` only, so it takes time in proportion to the
/// product of the lengths at most.
fn like(pattern: &str, text: &str) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Part {
        Any,
        One,
        Exactly(char),
    }
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Exactly(characters.next().unwrap_or('\\')),
            other => Part::Exactly(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut part, mut at) = (0, 0);
    let mut retry = None;
    while let Some(character) = text.get(at) {
        match parts.get(part) {
            Some(Part::Any) => {
                retry = Some((part + 1, at));
                part += 1;
            }
            Some(found) if *found == Part::One || *found == Part::Exactly(*character) => {
                part += 1;
                at += 1;
            }
            _ => match retry {
                Some((after, from)) => {
                    retry = Some((after, from + 1));
                    (part, at) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    parts.iter().skip(part).all(|part| *part == Part::Any)
}

/// Postgres' `@>`.
fn contains(whole: &serde_json::Value, part: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| contains(whole, part))),
        (Value::Array(whole), Value::Array(part)) => part
            .iter()
            .all(|part| whole.iter().any(|whole| contains(whole, part))),
        (Value::Array(whole), part) => whole.contains(part),
        (whole, part) => whole == part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn like_knows_wildcards_and_escapes() {
        assert!(like("%::coin::%", "0x1::coin::Deposit"));
        assert!(like("a_c", "abc") && !like("a_c", "ac"));
        assert!(like(r"50\%", "50%") && !like(r"50\%", "501"));
        assert!(like("%a%b%", "xxaxxbxx") && !like("%a%b", "xxaxxbxx"));
        assert!(like("", "") && !like("", "a") && like("%", ""));
    }

    #[test]
    fn null_is_neither_true_nor_false() {
        let comparison = Comparison::Equal(Cell::number(1_u64));
        assert_eq!(comparison.holds(&Cell::Null), None);
        assert_eq!(Comparison::IsNull(true).holds(&Cell::Null), Some(true));
    }

    #[test]
    fn json_contains_its_parts() {
        let whole = json!({"a": {"b": [1, 2]}, "c": "x"});
        assert!(contains(&whole, &json!({"a": {"b": [2]}})));
        assert!(!contains(&whole, &json!({"a": {"b": [3]}})));
    }

    #[test]
    fn times_compare_however_they_are_written() {
        for time in ["2026-11-21 09:00:00.500", "2026-11-21T09:00:00.5Z"] {
            assert_eq!(as_stored(time), "2026-11-21T09:00:00.5");
        }
        assert_eq!(
            as_stored("2026-11-21T09:00:00.000+00:00"),
            "2026-11-21T09:00:00"
        );
    }
}
