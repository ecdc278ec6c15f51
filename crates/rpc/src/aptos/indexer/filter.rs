//! `where`: read from a request, and applied to rows. As in SQL, a comparison
//! with null is neither true nor false.

use super::cell::Cell;
use super::{
    comparison::Comparison,
    store::{Row, Store},
    tables::{Relation, Spec, Table},
};
use async_graphql::Value;

/// How deep conditions may nest.
pub(super) const MAX_DEPTH: usize = 32;

/// Which rows are wanted.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Column(usize, Comparison),
    Related(&'static Relation, Box<Filter>),
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

pub(super) fn expected(name: &str, expected: &'static str) -> FilterError {
    FilterError::Expected {
        name: name.to_owned(),
        expected,
    }
}

/// A list; one value may stand for a list of itself.
pub(super) fn list(value: &Value) -> &[Value] {
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
                        for test in Comparison::read(column.kind, name, value)? {
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
            Self::Column(place, Comparison::Equal(cell)) if *place == column => {
                Some(std::slice::from_ref(cell))
            }
            Self::Column(place, Comparison::In(cells)) if *place == column => Some(cells),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_neither_true_nor_false() {
        assert_eq!(all([Some(true), None].into_iter()), None);
        assert_eq!(all([Some(false), None].into_iter()), Some(false));
    }
}
