//! The GraphQL schema that clients of Aptos' indexer expect, made from the
//! tables' descriptions in Hasura's manner: for each table a type, a filter
//! (`…_bool_exp`), an order (`…_order_by`), a field and an aggregate.

use super::{
    cell::Cell,
    filter::{Filter, related},
    index::Index,
    query::{Budget, QueryError, Selection},
    sorting::Sorting,
    store::Row,
    tables::{Kind, Relation, Spec, Table},
};
use async_graphql::{
    Error, Value,
    dynamic::{
        Enum, Field, FieldFuture, FieldValue, InputObject, InputValue, Object, ResolverContext,
        Scalar, Schema, SchemaError, TypeRef,
    },
};
use std::sync::Arc;

/// How deep a query may nest; tools that ask for the schema need some depth.
const MAX_DEPTH: usize = 20;
/// How many fields a query may ask for.
const MAX_FIELDS: usize = 2000;

/// Rows of an answer to one field, at most and if the client does not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageLimit(pub(super) usize);

/// Rows of an aggregate's `nodes`, and how many there are.
struct Aggregate(Vec<Row>);

const ORDERS: [&str; 6] = [
    "asc",
    "asc_nulls_first",
    "asc_nulls_last",
    "desc",
    "desc_nulls_first",
    "desc_nulls_last",
];

const fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => TypeRef::STRING,
        Kind::Bool => TypeRef::BOOLEAN,
        Kind::Int => TypeRef::INT,
        Kind::Bigint => "bigint",
        Kind::Numeric => "numeric",
        Kind::Timestamp => "timestamp",
        Kind::Json => "jsonb",
    }
}

/// The tables that clients see.
fn shown() -> impl Iterator<Item = Table> {
    let tables = Table::ALL.iter().copied();
    tables.filter(|table| !table.spec().name.is_empty())
}

/// The schema over an index. A request's data must have a [`Budget`].
pub(super) fn schema(index: &Arc<Index>, limit: PageLimit) -> Result<Schema, SchemaError> {
    let mut query = Object::new("query_root");
    for table in shown() {
        query = query.field(rows_field(index, table, limit));
        query = query.field(aggregate_field(index, table));
    }
    let mut schema = Schema::build("query_root", None, None)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_FIELDS)
        .register(query)
        .register(Enum::new("order_by").items(ORDERS));
    for scalar in ["bigint", "numeric", "timestamp", "jsonb"] {
        schema = schema.register(Scalar::new(scalar));
    }
    for kind in [
        Kind::Text,
        Kind::Bool,
        Kind::Int,
        Kind::Bigint,
        Kind::Numeric,
        Kind::Timestamp,
        Kind::Json,
    ] {
        schema = schema.register(comparison(kind));
    }
    for table in shown() {
        let spec = table.spec();
        let columns = spec.columns.iter().map(|column| column.name);
        schema = schema
            .register(object(index, spec))
            .register(filter_input(spec))
            .register(order_input(spec))
            .register(Enum::new(format!("{}_select_column", spec.name)).items(columns))
            .register(aggregate(spec))
            .register(aggregate_fields(spec));
    }
    schema.finish()
}

fn comparison_name(kind: Kind) -> String {
    format!("{}_comparison_exp", type_of(kind))
}

fn comparison(kind: Kind) -> InputObject {
    let own = type_of(kind);
    let mut input = InputObject::new(comparison_name(kind));
    for operator in ["_eq", "_neq", "_gt", "_gte", "_lt", "_lte"] {
        input = input.field(InputValue::new(operator, TypeRef::named(own)));
    }
    for operator in ["_in", "_nin"] {
        input = input.field(InputValue::new(operator, TypeRef::named_nn_list(own)));
    }
    input = input.field(InputValue::new(
        "_is_null",
        TypeRef::named(TypeRef::BOOLEAN),
    ));
    let texts: &[&str] = match kind {
        Kind::Text => &["_like", "_nlike", "_ilike", "_nilike"],
        Kind::Json => &["_has_key"],
        _ => &[],
    };
    for operator in texts {
        input = input.field(InputValue::new(*operator, TypeRef::named(TypeRef::STRING)));
    }
    if kind == Kind::Json {
        input = input.field(InputValue::new("_contains", TypeRef::named(own)));
    }
    input
}

fn filter_name(spec: &Spec) -> String {
    format!("{}_bool_exp", spec.name)
}

fn order_name(spec: &Spec) -> String {
    format!("{}_order_by", spec.name)
}

fn filter_input(spec: &Spec) -> InputObject {
    let name = filter_name(spec);
    let mut input = InputObject::new(&name)
        .field(InputValue::new("_and", TypeRef::named_nn_list(&name)))
        .field(InputValue::new("_or", TypeRef::named_nn_list(&name)))
        .field(InputValue::new("_not", TypeRef::named(&name)));
    for column in spec.columns {
        let comparison = TypeRef::named(comparison_name(column.kind));
        input = input.field(InputValue::new(column.name, comparison));
    }
    for relation in spec.relations {
        let inner = TypeRef::named(filter_name(relation.table.spec()));
        input = input.field(InputValue::new(relation.name, inner));
    }
    input
}

fn order_input(spec: &Spec) -> InputObject {
    let mut input = InputObject::new(order_name(spec));
    for column in spec.columns {
        input = input.field(InputValue::new(column.name, TypeRef::named("order_by")));
    }
    for relation in spec.relations {
        let inner = TypeRef::named(order_name(relation.table.spec()));
        input = input.field(InputValue::new(relation.name, inner));
    }
    input
}

/// A table's row as a type.
fn object(index: &Arc<Index>, spec: &'static Spec) -> Object {
    let mut object = Object::new(spec.name);
    for (place, column) in spec.columns.iter().enumerate() {
        let name = type_of(column.kind);
        let ty = if column.nullable {
            TypeRef::named(name)
        } else {
            TypeRef::named_nn(name)
        };
        object = object.field(Field::new(column.name, ty, move |context| {
            let cell = parent(&context).and_then(|row| row.get(place));
            FieldFuture::from_value(cell.and_then(value))
        }));
    }
    for relation in spec.relations {
        object = object.field(relation_field(index.clone(), spec, relation));
    }
    object
}

fn relation_field(index: Arc<Index>, spec: &'static Spec, relation: &'static Relation) -> Field {
    let ty = TypeRef::named(relation.table.spec().name);
    Field::new(relation.name, ty, move |context| {
        let row = parent(&context).and_then(|row| {
            let store = index.store.read();
            related(&store, spec, relation, row).cloned()
        });
        FieldFuture::Value(row.map(FieldValue::owned_any))
    })
}

fn parent<'a>(context: &ResolverContext<'a>) -> Option<&'a Row> {
    context.parent_value.downcast_ref::<Row>()
}

/// A cell as an answer has it; none for null.
fn value(cell: &Cell) -> Option<Value> {
    let json = cell.to_json();
    if json.is_null() {
        return None;
    }
    Value::from_json(json).ok()
}

fn with_arguments(field: Field, spec: &Spec) -> Field {
    let columns = format!("{}_select_column", spec.name);
    field
        .argument(InputValue::new(
            "distinct_on",
            TypeRef::named_nn_list(columns),
        ))
        .argument(InputValue::new("limit", TypeRef::named(TypeRef::INT)))
        .argument(InputValue::new("offset", TypeRef::named(TypeRef::INT)))
        .argument(InputValue::new(
            "order_by",
            TypeRef::named_nn_list(order_name(spec)),
        ))
        .argument(InputValue::new("where", TypeRef::named(filter_name(spec))))
}

fn rows_field(index: &Arc<Index>, table: Table, limit: PageLimit) -> Field {
    let index = index.clone();
    let spec = table.spec();
    let ty = TypeRef::named_nn_list_nn(spec.name);
    let field = Field::new(spec.name, ty, move |context| {
        let index = index.clone();
        FieldFuture::new(async move {
            let rows = select(&index, table, &context, limit.0)?;
            Ok(Some(FieldValue::list(
                rows.into_iter().map(FieldValue::owned_any),
            )))
        })
    });
    with_arguments(field, spec)
}

fn aggregate_field(index: &Arc<Index>, table: Table) -> Field {
    let index = index.clone();
    let spec = table.spec();
    let name = format!("{}_aggregate", spec.name);
    let field = Field::new(&name, TypeRef::named_nn(&name), move |context| {
        let index = index.clone();
        FieldFuture::new(async move {
            let rows = select(&index, table, &context, usize::MAX)?;
            Ok(Some(FieldValue::owned_any(Aggregate(rows))))
        })
    });
    with_arguments(field, spec)
}

/// The rows that a field's arguments ask for.
fn select(
    index: &Index,
    table: Table,
    context: &ResolverContext<'_>,
    most: usize,
) -> Result<Vec<Row>, Error> {
    let argument = |name: &str| match context.args.get(name) {
        Some(value) => value.as_value().clone(),
        None => Value::Null,
    };
    let count = |name: &str| match argument(name) {
        Value::Null => Ok(None),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| Error::new(format!("unexpected negative value for {name}"))),
        _ => Err(Error::new(format!("expected a number for {name}"))),
    };
    let spec = table.spec();
    let mut distinct = Vec::new();
    if let Value::List(columns) = argument("distinct_on") {
        for column in columns {
            let place = match &column {
                Value::Enum(name) => spec.place(name),
                Value::String(name) => spec.place(name),
                _ => None,
            };
            distinct.push(place.ok_or_else(|| Error::new("no such column in distinct_on"))?);
        }
    }
    let selection = Selection {
        table,
        filter: Filter::read(table, &argument("where")).map_err(QueryError::from)?,
        order: Sorting::read(table, &argument("order_by")).map_err(QueryError::from)?,
        distinct,
        offset: count("offset")?.unwrap_or(0),
        limit: count("limit")?.unwrap_or(most).min(most),
    };
    Ok(selection.rows(index, context.data::<Budget>()?)?)
}

fn aggregate(spec: &'static Spec) -> Object {
    let name = format!("{}_aggregate", spec.name);
    let fields = TypeRef::named(format!("{name}_fields"));
    let nodes = TypeRef::named_nn_list_nn(spec.name);
    Object::new(name)
        .field(Field::new("aggregate", fields, |context| {
            let rows = context.parent_value.downcast_ref::<Aggregate>();
            let count = rows.map_or(0, |rows| rows.0.len());
            FieldFuture::Value(Some(FieldValue::owned_any(count)))
        }))
        .field(Field::new("nodes", nodes, |context| {
            let rows = context.parent_value.downcast_ref::<Aggregate>();
            let rows = rows.map(|rows| rows.0.iter().cloned().map(FieldValue::owned_any));
            FieldFuture::Value(rows.map(FieldValue::list))
        }))
}

fn aggregate_fields(spec: &'static Spec) -> Object {
    let count = TypeRef::named_nn(TypeRef::INT);
    let name = format!("{}_aggregate_fields", spec.name);
    Object::new(name).field(Field::new("count", count, |context| {
        let count = context.parent_value.downcast_ref::<usize>();
        FieldFuture::from_value(count.map(|count| Value::from(*count as u64)))
    }))
}
