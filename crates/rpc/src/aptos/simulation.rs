//! Running a transaction without keeping what it does.

use super::{
    answer::{Answer, Reply},
    args::Args,
    backend::SimulateRequest,
    binary,
    context::Context,
    error::ApiError,
    registry::{Handler, Route},
    request::{SIGNED_TRANSACTION, read_one},
    transactions::list_json,
};
use lumio_move_transaction::VerifyError;

pub(super) const ROUTES: &[Route] = &[Route::post(
    "/transactions/simulate",
    Handler::Execute(simulate),
    "simulate_transaction",
)
.says(
    "What a transaction would come to; its signatures must be zero or absent",
    "UserTransactions",
)
.query(&[
    (
        "estimate_max_gas_amount",
        "boolean",
        "Whether the sender's balance bounds the gas, in place of `max_gas_amount`",
    ),
    (
        "estimate_gas_unit_price",
        "boolean",
        "Whether the suggested price stands in for `gas_unit_price`",
    ),
    (
        "estimate_prioritized_gas_unit_price",
        "boolean",
        "Whether the price for those who cannot wait does",
    ),
])
.bodies(&["application/json", SIGNED_TRANSACTION])
.or_bcs()];

fn simulate(context: &Context, args: &Args) -> Reply {
    let estimate_max_gas_amount = args.flag("estimate_max_gas_amount")?;
    let estimate_price = args.flag("estimate_gas_unit_price")?;
    let estimate_high_price = args.flag("estimate_prioritized_gas_unit_price")?;
    let mut types = context.newest()?;
    let mut transaction = read_one(context, &mut types, args)?;
    // Looked at before a price is filled in, which would void any signature.
    transaction.verify_simulation().map_err(refuse)?;
    if estimate_price || estimate_high_price {
        let estimate = context.backend.gas_estimate()?;
        transaction.raw.gas_unit_price = if estimate_high_price {
            estimate.prioritized
        } else {
            estimate.normal
        };
    }
    let simulated = context.backend.simulate(SimulateRequest {
        transaction,
        estimate_max_gas_amount,
    })?;
    let list = [simulated];
    if args.wants_bcs() {
        let chain_id = context.info().chain_id;
        return Ok(Answer::bcs(binary::transactions(&list, chain_id)));
    }
    Ok(Answer::json(list_json(&mut types, &list)?))
}

fn refuse(error: VerifyError) -> ApiError {
    ApiError::InvalidInput(match error {
        VerifyError::ValidSignature { .. } => {
            "Simulated transactions must not have a valid signature".into()
        }
        other => other.to_string(),
    })
}
