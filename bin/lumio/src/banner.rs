//! What `lumio dev` prints once it serves: accounts in every address form, URLs, commands to copy.

use lumio_node::{AccountId, MOVE_CHAIN_ID, Node};
use std::fmt::Write as _;

/// The banner of a running node.
pub(crate) fn of(node: &Node) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, node);
    text
}

fn write(text: &mut String, node: &Node) -> std::fmt::Result {
    let config = node.config();
    let secrets: Vec<_> = node.keyring().secrets().collect();
    writeln!(text, "Lumio {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(text)?;
    if !secrets.is_empty() {
        writeln!(
            text,
            "Accounts. Everyone knows these keys: never use them elsewhere."
        )?;
    }
    for (index, (address, key)) in secrets.iter().enumerate() {
        let id = AccountId::from_evm(*address);
        writeln!(text)?;
        writeln!(
            text,
            "({index}) EVM     {address}  {} ETH",
            node.ether_of(*address)
        )?;
        writeln!(text, "    Move    {id}")?;
        writeln!(text, "    Solana  {}", bs58::encode(id.0).into_string())?;
        writeln!(text, "    key     {key}")?;
    }
    writeln!(text)?;
    let eth = node.eth_address();
    writeln!(text, "Chain id     {}", node.chain_id())?;
    writeln!(text, "Ethereum     http://{eth}  ws://{eth}")?;
    if let (Some(api), Some(faucet)) = (node.aptos_address(), node.faucet_address()) {
        writeln!(
            text,
            "Aptos        http://{api}/v1  (chain id {MOVE_CHAIN_ID})"
        )?;
        writeln!(text, "Faucet       http://{faucet}")?;
    }
    if let Some(indexer) = node.indexer_address() {
        writeln!(text, "Indexer      http://{indexer}/v1/graphql")?;
    }
    if let Some(readiness) = node.readiness_address() {
        writeln!(text, "Readiness    http://{readiness}")?;
    }
    if let Some((http, websocket)) = node.solana_addresses() {
        writeln!(text, "Solana       http://{http}  ws://{websocket}")?;
        let faucet = node.solana_faucet();
        let account = bs58::encode(faucet.id().0).into_string();
        writeln!(text, "  airdrops from {account}, key {}", faucet.secret())?;
    }
    if let Some(metrics) = node.metrics_address() {
        writeln!(
            text,
            "Metrics      http://{metrics}/metrics  /health  /ready"
        )?;
    }
    match config.ephemeral {
        true => writeln!(
            text,
            "Data         kept until this process ends (--ephemeral)"
        )?,
        false => writeln!(text, "Data         {}", config.datadir.display())?,
    }
    let blocks = match (config.block_time, config.no_mining) {
        (Some(seconds), _) => format!("one every {seconds} s"),
        (None, true) => "sealed by evm_mine".into(),
        (None, false) => "sealed as transactions come".into(),
    };
    writeln!(
        text,
        "Blocks       {blocks}, head is {}",
        node.head_number()
    )?;
    writeln!(text)?;
    writeln!(text, "Try:")?;
    writeln!(text, "  cast block latest --rpc-url http://{eth}")?;
    if let [(from, key), (to, _), ..] = secrets.as_slice() {
        writeln!(text, "  cast balance {from} --ether --rpc-url http://{eth}")?;
        writeln!(
            text,
            "  cast send {to} --value 1ether --private-key {key} --rpc-url http://{eth}"
        )?;
    }
    writeln!(text)
}
