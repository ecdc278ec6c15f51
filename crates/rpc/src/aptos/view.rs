//! View functions.

use super::{
    answer::{Answer, Reply},
    args::Args,
    context::Context,
    error::ApiError,
    payload::CallJson,
    registry::{AT_VERSION, Handler, Route},
};
use lumio_move_engine::bcs::{put_bytes, put_uleb};
use lumio_move_transaction::{Bcs as _, EntryFunction};
use serde_json::Value;

/// The content type of a call in BCS.
const VIEW_FUNCTION: &str = "application/x.aptos.view_function+bcs";

pub(super) const ROUTES: &[Route] = &[Route::post("/view", Handler::Execute(view), "view")
    .says("What a view function returns", "MoveValues")
    .query(&[AT_VERSION])
    .bodies(&["application/json", VIEW_FUNCTION])
    .or_bcs()];

fn view(context: &Context, args: &Args) -> Reply {
    let mut types = context.state(args)?;
    let call = if args.body_is_bcs(VIEW_FUNCTION)? {
        EntryFunction::from_bytes(&args.body).map_err(|error| {
            ApiError::InvalidInput(format!(
                "Failed to deserialize input into ViewFunction: {error}"
            ))
        })?
    } else {
        args.json::<CallJson>()?.read(&mut types)?
    };
    let outcome = types.state.view(&call)?;
    let answer = if args.wants_bcs() {
        let mut bytes = Vec::new();
        put_uleb(&mut bytes, outcome.values.len() as u64);
        for (_, value) in &outcome.values {
            put_bytes(&mut bytes, value);
        }
        Answer::bcs(bytes)
    } else {
        let mut values = Vec::new();
        for (tag, value) in &outcome.values {
            values.push(types.show_state(tag, value)?);
        }
        Answer::json(Value::Array(values))
    };
    Ok(answer.with_gas_used(outcome.gas_used))
}
