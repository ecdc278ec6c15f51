//! `where` and `order_by`: read from a request, and applied to rows. As in SQL,
//! a comparison with null is neither true nor false.

use super::{
    cell::{Cell, Number},
    read::shown_type,
    store::{Row, Store},
    tables::{Kind, Relation, Spec, Table},
};
use async_graphql::Value;
use lumio_move_engine::StructTag;
use std::{borrow::Cow, cmp::Ordering};

/// How deep conditions may nest.
const MAX_DEPTH: usize = 32;

/// Which rows are wanted.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Column(usize, Test),
    Related(&'static Relation, Box<Filter>),
}

/// What is asked of a column.
#[derive(Debug)]
pub(super) enum Test {
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

/// What is wrong with a request.
#[derive(Debug, thiserror::Error)]
pub(super) enum FilterError {
    #[error("expected {expected} for {name:?}")]
    Expected {
        name: String,
        expected: &'static str,
    },
    #[error("{0:?} is not known here")]
    Unknown(String),
    #[error("conditions are nested too deeply")]
    TooDeep,
}

fn expected(name: &str, expected: &'static str) -> FilterError {
    FilterError::Expected {
        name: name.to_owned(),
        expected,
    }
}

/// A list; one value may stand for a list of itself.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

impl Filter {
    /// Reads a `_bool_exp` of a table. Null filters nothing.
    pub(super) fn read(table: Table, value: &Value) -> Result<Self, FilterError> {
        Self::nested(table.spec(), value, MAX_DEPTH)
    }

    fn nested(spec: &'static Spec, value: &Value, depth: usize) -> Result<Self, FilterError> {
        let depth = depth.checked_sub(1).ok_or(FilterError::TooDeep)?;
        let fields = match value {
            Value::Object(fields) => fields,
            Value::Null => return Ok(Self::All(Vec::new())),
            _ => return Err(expected("where", "an object")),
        };
        let mut all = Vec::new();
        for (name, value) in fields {
            let several = || {
                list(value)
                    .iter()
                    .map(|value| Self::nested(spec, value, depth))
            };
            match name.as_str() {
                "_and" => all.extend(several().collect::<Result<Vec<_>, _>>()?),
                "_or" => all.push(Self::Any(several().collect::<Result<_, _>>()?)),
                "_not" => all.push(Self::Not(Box::new(Self::nested(spec, value, depth)?))),
                name => {
                    if let Some(relation) = spec.relations.iter().find(|r| r.name == name) {
                        let inner = Self::nested(relation.table.spec(), value, depth)?;
                        all.push(Self::Related(relation, Box::new(inner)));
                    } else {
                        let place = spec.place(name);
                        let column =
                            place.and_then(|place| Some((place, spec.columns.get(place)?)));
                        let (place, column) =
                            column.ok_or_else(|| FilterError::Unknown(name.to_owned()))?;
                        for test in read_tests(column.kind, name, value)? {
                            all.push(Self::Column(place, test));
                        }
                    }
                }
            }
        }
        Ok(Self::All(all))
    }

    /// Whether a row is wanted; none if null stands in the way of telling.
    pub(super) fn matches(&self, store: &Store, spec: &Spec, row: &Row) -> Option<bool> {
        match self {
            Self::All(filters) => all(filters.iter().map(|f| f.matches(store, spec, row))),
            Self::Any(filters) => all(filters
                .iter()
                .map(|f| f.matches(store, spec, row).map(|matches| !matches)))
            .map(|none| !none),
            Self::Not(filter) => filter.matches(store, spec, row).map(|matches| !matches),
            Self::Column(place, test) => test.holds(row.get(*place).unwrap_or(&Cell::Null)),
            Self::Related(relation, filter) => {
                Some(related(store, spec, relation, row).is_some_and(|row| {
                    filter.matches(store, relation.table.spec(), row) == Some(true)
                }))
            }
        }
    }

    /// The values that a column must have one of, if the filter says so.
    pub(super) fn pinned(&self, column: usize) -> Option<&[Cell]> {
        match self {
            Self::All(filters) => filters.iter().find_map(|filter| filter.pinned(column)),
            Self::Column(place, Test::Equal(cell)) if *place == column => {
                Some(std::slice::from_ref(cell))
            }
            Self::Column(place, Test::In(cells)) if *place == column => Some(cells),
            _ => None,
        }
    }
}

/// True if all are, false if one is not.
fn all(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for value in values {
        match value {
            Some(false) => return Some(false),
            Some(true) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(true)
}

/// The row that a relation leads to.
pub(super) fn related<'a>(
    store: &'a Store,
    spec: &Spec,
    relation: &Relation,
    row: &Row,
) -> Option<&'a Row> {
    let own = spec.place(relation.own).and_then(|place| row.get(place))?;
    store.get(relation.table, std::slice::from_ref(own))
}

fn read_tests(kind: Kind, name: &str, value: &Value) -> Result<Vec<Test>, FilterError> {
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
            Ok::<_, FilterError>(Test::Like {
                pattern: text()?,
                ignore_case,
                wanted,
            })
        };
        tests.push(match operator.as_str() {
            "_eq" => Test::Equal(one()?),
            "_neq" => Test::NotEqual(one()?),
            "_gt" => Test::Order(Ordering::Greater, one()?),
            "_lt" => Test::Order(Ordering::Less, one()?),
            "_gte" => Test::NotOrder(Ordering::Less, one()?),
            "_lte" => Test::NotOrder(Ordering::Greater, one()?),
            "_in" => Test::In(several()?),
            "_nin" => Test::NotIn(several()?),
            "_is_null" => match operand {
                Value::Boolean(wanted) => Test::IsNull(*wanted),
                _ => return Err(expected(operator, "true or false")),
            },
            "_like" => like(false, true)?,
            "_nlike" => like(false, false)?,
            "_ilike" => like(true, true)?,
            "_nilike" => like(true, false)?,
            "_contains" => Test::Contains(json(operand)),
            "_has_key" => Test::HasKey(text()?),
            _ => return Err(FilterError::Unknown(operator.to_string())),
        });
    }
    Ok(tests)
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

impl Test {
    fn holds(&self, cell: &Cell) -> Option<bool> {
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

/// By what rows are sorted: a column of the row, or of one that relations lead
/// to.
#[derive(Debug)]
pub(super) struct Sorting {
    relations: Vec<&'static Relation>,
    pub(super) column: usize,
    pub(super) descending: bool,
    nulls_first: bool,
}

impl Sorting {
    /// Reads `order_by`.
    pub(super) fn read(table: Table, value: &Value) -> Result<Vec<Self>, FilterError> {
        let mut orders = Vec::new();
        for value in list(value) {
            Self::collect(table.spec(), value, &mut Vec::new(), &mut orders)?;
        }
        Ok(orders)
    }

    fn collect(
        spec: &'static Spec,
        value: &Value,
        path: &mut Vec<&'static Relation>,
        orders: &mut Vec<Self>,
    ) -> Result<(), FilterError> {
        let Value::Object(fields) = value else {
            return Err(expected("order_by", "an object"));
        };
        if path.len() > MAX_DEPTH {
            return Err(FilterError::TooDeep);
        }
        for (name, value) in fields {
            if let Some(relation) = spec.relations.iter().find(|r| r.name == name.as_str()) {
                path.push(relation);
                Self::collect(relation.table.spec(), value, path, orders)?;
                path.pop();
                continue;
            }
            let order = match value {
                Value::Enum(order) => order.as_str(),
                Value::String(order) => order.as_str(),
                Value::Null => continue,
                _ => return Err(expected(name, "an order")),
            };
            let (descending, nulls_first) = match order {
                "asc" | "asc_nulls_last" => (false, false),
                "asc_nulls_first" => (false, true),
                "desc" | "desc_nulls_first" => (true, true),
                "desc_nulls_last" => (true, false),
                _ => return Err(FilterError::Unknown(order.to_owned())),
            };
            let column = spec.place(name);
            orders.push(Self {
                relations: path.clone(),
                column: column.ok_or_else(|| FilterError::Unknown(name.to_string()))?,
                descending,
                nulls_first,
            });
        }
        Ok(())
    }

    /// Whether it is by a column of the row itself.
    pub(super) fn is_own(&self) -> bool {
        self.relations.is_empty()
    }

    fn cell<'a>(&self, store: &'a Store, table: Table, row: &'a Row) -> &'a Cell {
        let (mut spec, mut row) = (table.spec(), row);
        for relation in &self.relations {
            match related(store, spec, relation, row) {
                Some(next) => (spec, row) = (relation.table.spec(), next),
                None => return &Cell::Null,
            }
        }
        row.get(self.column).unwrap_or(&Cell::Null)
    }

    pub(super) fn compare(&self, store: &Store, table: Table, one: &Row, other: &Row) -> Ordering {
        let one = self.cell(store, table, one);
        let other = self.cell(store, table, other);
        match (one == &Cell::Null, other == &Cell::Null) {
            (true, true) => Ordering::Equal,
            (true, false) if self.nulls_first => Ordering::Less,
            (false, true) if !self.nulls_first => Ordering::Less,
            (true, false) | (false, true) => Ordering::Greater,
            (false, false) if self.descending => other.cmp(one),
            (false, false) => one.cmp(other),
        }
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
        let test = Test::Equal(Cell::number(1_u64));
        assert_eq!(test.holds(&Cell::Null), None);
        assert_eq!(all([Some(true), None].into_iter()), None);
        assert_eq!(all([Some(false), None].into_iter()), Some(false));
        assert_eq!(Test::IsNull(true).holds(&Cell::Null), Some(true));
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
