//! `order_by`: read from a request, and applied to rows.

use super::{
    cell::Cell,
    filter::{FilterError, MAX_DEPTH, expected, list, related},
    store::{Row, Store},
    tables::{Relation, Spec, Table},
};
use async_graphql::Value;
use std::cmp::Ordering;

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
