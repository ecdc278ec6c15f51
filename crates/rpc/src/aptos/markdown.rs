//! The list of routes as documentation.

use super::registry::route_list;
use std::fmt::Write as _;

const BEFORE: &str = "# Aptos REST API

Below `/v1` on port 8080 by default. This list is written by the node's own registry of routes, and so is the OpenAPI document at `/v1/spec.json`.

Every answer has Aptos' ledger headers; errors are JSON with `message`, `error_code` and `vm_error_code`. Where *Or BCS* stands, `Accept: application/x-bcs` gets the answer in BCS. EVM transactions are listed with Move's, in one order: `0x1::evm` in their payload tells what they call, and their logs are events of type `0x1::evm::Log`. A transaction that went through both machines has the events of both, in one order, and among its changes what it changed of Move's state and of balances.
";

const AFTER: &str = "
## Beside it

- **Faucet**, port 8081: `POST /fund` with `{\"address\": …, \"amount\": …}` in octas answers `{\"txn_hashes\": […]}` when the money is there; `POST /mint?address=…&amount=…` is the older form; `GET /` answers `tap:ok`.
- **Indexer**, port 8090: GraphQL at `POST /v1/graphql`, with the tables that the Aptos SDK's helpers ask for. Its tables are in memory and made anew at each start.
- **Readiness**, port 8070: `GET /` answers 200 once all of these serve.
";

/// All routes as Markdown.
pub fn markdown() -> String {
    let mut text = BEFORE.to_owned();
    for route in route_list() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## `{} {}`\n\n", route.method(), route.path());
        let bcs = if route.bcs { " *Or BCS.*" } else { "" };
        let _ = writeln!(text, "{}.{bcs}", route.summary());
        if !route.bodies.is_empty() {
            let bodies: Vec<_> = route.bodies.iter().map(|it| format!("`{it}`")).collect();
            let _ = writeln!(text, "\nBody: {}.", bodies.join(" or "));
        }
        if !route.query.is_empty() {
            text.push('\n');
        }
        for (name, _, meaning) in route.query {
            let _ = writeln!(text, "- `{name}`: {meaning}.");
        }
    }
    text.push_str(AFTER);
    text
}
