//! Gas prices.

use super::{
    answer::{Answer, Reply},
    args::Args,
    context::Context,
    registry::{Handler, Route},
};
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[Route::get(
    "/estimate_gas_price",
    Handler::Read(estimate),
    "estimate_gas_price",
)
.says(
    "Prices of a gas unit at which transactions are taken, in octas",
    "GasEstimation",
)
.or_bcs()];

fn estimate(context: &Context, args: &Args) -> Reply {
    let estimate = context.backend.gas_estimate()?;
    if args.wants_bcs() {
        return Ok(Answer::bcs(estimate.normal.to_le_bytes().to_vec()));
    }
    Ok(Answer::json(json!({
        "deprioritized_gas_estimate": estimate.deprioritized,
        "gas_estimate": estimate.normal,
        "prioritized_gas_estimate": estimate.prioritized,
    })))
}
