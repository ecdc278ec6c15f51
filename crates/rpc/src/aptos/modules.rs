//! Modules, with what they offer.

use super::{
    abi::{module_id, module_json},
    accounts::{PAGE, map_bcs},
    answer::{Answer, Reply},
    args::Args,
    context::Context,
    error::ApiError,
    registry::{AT_VERSION, Handler, Route},
};
use lumio_move_engine::{ModuleId, bcs::put_bytes, format::read_module};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/accounts/{address}/modules",
        Handler::Read(modules),
        "get_account_modules",
    )
    .says("Modules of an account", "MoveModules")
    .query(PAGE)
    .or_bcs(),
    Route::get(
        "/accounts/{address}/module/{module_name}",
        Handler::Read(module),
        "get_account_module",
    )
    .says("One module of an account", "MoveModuleBytecode")
    .query(&[AT_VERSION])
    .or_bcs(),
];

fn modules(context: &Context, args: &Args) -> Reply {
    let address = args.parse("address")?;
    let most = context.config.max_state_page;
    let limit = args.limit(most, most)?;
    let cursor = args.cursor()?;
    let mut types = context.state(args)?;
    let page = types.state.modules(address, cursor.as_deref(), limit)?;
    let answer = if args.wants_bcs() {
        let mut entries = Vec::new();
        for code in &page.items {
            let id = read_module(code).ok().as_ref().and_then(module_id);
            let id =
                id.ok_or_else(|| ApiError::Internal("a module of the state is none".into()))?;
            let mut key = id.address.0.to_vec();
            put_bytes(&mut key, id.name.as_bytes());
            entries.push((key, &**code));
        }
        Answer::bcs(map_bcs(entries))
    } else {
        Answer::json(page.items.iter().map(|code| module_json(code)).collect())
    };
    Ok(answer.with_cursor(page.next.as_deref()))
}

fn module(context: &Context, args: &Args) -> Reply {
    let id = ModuleId::new(args.parse("address")?, args.path("module_name"));
    let mut types = context.state(args)?;
    let Some(code) = types.state.module(&id)? else {
        let version = types.version;
        return Err(ApiError::ModuleNotFound { id, version });
    };
    if args.wants_bcs() {
        return Ok(Answer::bcs(code.to_vec()));
    }
    Ok(Answer::json(module_json(&code)))
}
