//! The accounts that a program owns.

use super::{
    args::Args,
    context::{Context, at},
    convert::Shape,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use solana_rpc_client_types::{
    config::RpcProgramAccountsConfig,
    filter::RpcFilterType,
    response::{OptionalContext, RpcKeyedAccount},
};
use spl_generic_token::token::GenericTokenAccount as _;

/// Filters that one request may have.
pub(super) const MAX_FILTERS: usize = 4;

pub(super) const METHODS: &[Method] = &[Method::execute(
    "getProgramAccounts",
    program_accounts,
    "The accounts that a program owns, by their keys; of the system program, those with data.",
)
.takes(&[
    ("program", "its key"),
    (
        "config?",
        "`filters` (four at most of `dataSize`, `memcmp` and `tokenAccountState`), `encoding`, \
         `dataSlice`, `withContext`, `minContextSlot`",
    ),
])];

fn program_accounts(context: &Context, args: &Args<'_>) -> Reply {
    let program = args.key(0)?;
    let config: RpcProgramAccountsConfig = args.or_default(1)?;
    let filters = checked(config.filters)?;
    let shape = Shape::new(
        config.account_config.encoding,
        config.account_config.data_slice,
    );
    let state = context.state(config.account_config.min_context_slot)?;
    let found = state.owned_by(&program, &mut |data| allows(&filters, data))?;
    let mut accounts = Vec::with_capacity(found.len());
    for (key, account) in &found {
        accounts.push(RpcKeyedAccount {
            pubkey: key.to_string(),
            account: shape.show(&*state, key, account)?,
        });
    }
    reply(&match config.with_context.unwrap_or(false) {
        true => OptionalContext::Context(at(state.head().slot, accounts)),
        false => OptionalContext::NoContext(accounts),
    })
}

/// The filters of a request, with their bytes decoded.
pub(super) fn checked(filters: Option<Vec<RpcFilterType>>) -> Result<Vec<RpcFilterType>, RpcError> {
    let mut filters = filters.unwrap_or_default();
    if filters.len() > MAX_FILTERS {
        return Err(RpcError::InvalidParams(format!(
            "Too many filters provided; max {MAX_FILTERS}"
        )));
    }
    for filter in &mut filters {
        filter.verify().map_err(RpcError::param)?;
        if let RpcFilterType::Memcmp(compared) = filter {
            compared.convert_to_raw_bytes().map_err(RpcError::param)?;
        }
    }
    Ok(filters)
}

/// Whether data pass all filters.
pub(super) fn allows(filters: &[RpcFilterType], data: &[u8]) -> bool {
    filters.iter().all(|filter| match filter {
        RpcFilterType::DataSize(size) => data.len() as u64 == *size,
        RpcFilterType::Memcmp(compared) => compared.bytes_match(data),
        RpcFilterType::TokenAccountState => {
            spl_generic_token::token_2022::Account::valid_account_data(data)
        }
    })
}
