//! What the commands that talk to a node take.

use super::key::KeyType;
use crate::cli::PackageArgs;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const ARGUMENTS: &str = "\
Arguments are written TYPE:VALUE or, as the function says what it takes, VALUE alone:
  u64:1  i8:-1  bool:true  address:0x1  address:alice (a profile)  string:hello  hex:0x0102
  'u64:[1,2]'  'string:[\"a\",\"b\"]'  'hex:[\"0x01\",\"0x02\"]'  'u8:[]' (also an empty option)
  raw:0x… (the BCS of a value of any type)";

const PROFILES: &str = "\
Profiles are in .lumio/move.toml of this folder or one above it; `lumio move account create` makes \
them. Instead of a profile, --private-key-file or LUMIO_MOVE_PRIVATE_KEY can give the key.";

/// The commands that talk to a node.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Make, fund and look at accounts
    #[command(subcommand, after_help = PROFILES)]
    Account(AccountCommand),
    /// Compile a package and publish it, or upgrade what was published
    #[command(after_help = PROFILES)]
    Publish(Box<PublishArgs>),
    /// Send a transaction that calls an entry function
    #[command(after_help = ARGUMENTS)]
    Run(Box<RunArgs>),
    /// Send a transaction that runs a script
    #[command(after_help = ARGUMENTS)]
    RunScript(Box<ScriptArgs>),
    /// Print what a view function returns, as JSON
    #[command(after_help = ARGUMENTS)]
    View(Box<ViewArgs>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make a key, or take one, and keep it as a profile
    Create(Box<CreateArgs>),
    /// Ask the faucet of a development chain for ETH
    #[command(alias = "fund-with-faucet")]
    Fund(Box<FundArgs>),
    /// Print address, balance, sequence number and modules
    Show(WhoseArgs),
    /// Print the balance
    Balance(WhoseArgs),
    /// Print the resources, as JSON
    Resources(WhoseArgs),
    /// Send ETH to an account
    Transfer(Box<TransferArgs>),
    /// List the profiles
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FundArgs {
    #[command(flatten)]
    pub(crate) whose: WhoseArgs,
    /// How much: a number of octas (10^-8 ETH), or of ETH as in 2.5ETH
    #[arg(long, default_value = "1ETH", value_name = "AMOUNT")]
    pub(crate) amount: String,
    /// How long the faucet's transaction may wait for a block
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub(crate) expiration_secs: u64,
    /// The faucet [default: the profile's, else http://127.0.0.1:8081]
    #[arg(long, env = "LUMIO_MOVE_FAUCET_URL", value_name = "URL")]
    pub(crate) faucet_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    #[command(flatten)]
    pub(crate) gas: GasArgs,
    /// Who gets it: an address or a profile
    #[arg(long = "to", alias = "account", value_name = "ACCOUNT")]
    pub(crate) to: String,
    /// How much: a number of octas (10^-8 ETH), or of ETH as in 2.5ETH
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) amount: String,
}

/// Which node.
#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    /// A profile of .lumio/move.toml [default: default]
    #[arg(long, env = "LUMIO_MOVE_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The node's Aptos API [default: the profile's, else http://127.0.0.1:8080/v1]
    #[arg(long, env = "LUMIO_MOVE_URL", value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A private key that no profile has.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// A private key; other users of this computer can see it while the command runs
    #[arg(
        long,
        env = "LUMIO_MOVE_PRIVATE_KEY",
        hide_env_values = true,
        value_name = "KEY",
        help_heading = "Key"
    )]
    pub(crate) private_key: Option<String>,
    /// A file with a private key; it wins over the key itself
    #[arg(long, value_name = "FILE", help_heading = "Key")]
    pub(crate) private_key_file: Option<PathBuf>,
    /// The key's scheme, where its text does not say it
    #[arg(long, value_name = "TYPE", help_heading = "Key")]
    pub(crate) key_type: Option<KeyType>,
}

/// Which account.
#[derive(Debug, Args)]
pub(crate) struct WhoseArgs {
    /// An address or a profile [default: the profile's account]
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The same
    #[arg(long = "account", value_name = "ACCOUNT", conflicts_with = "account")]
    pub(crate) named: Option<String>,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    /// The faucet that goes with the node [default: http://127.0.0.1:8081]
    #[arg(long, env = "LUMIO_MOVE_FAUCET_URL", value_name = "URL")]
    pub(crate) faucet_url: Option<String>,
    /// The account's address, if its key was rotated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
    /// Replace a profile of this name; its key is lost
    #[arg(long)]
    pub(crate) force: bool,
}

/// Who sends a transaction.
#[derive(Debug, Args)]
pub(crate) struct SenderArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    /// The sender's address, if its key was rotated
    #[arg(long, value_name = "ADDRESS", help_heading = "Key")]
    pub(crate) sender_account: Option<String>,
}

/// What a transaction may cost, and until when.
#[derive(Debug, Args)]
pub(crate) struct GasArgs {
    /// The most gas units [default: half more than a simulation takes]
    #[arg(long, value_name = "UNITS", help_heading = "Gas")]
    pub(crate) max_gas: Option<u64>,
    /// Octas for a gas unit [default: what the node suggests]
    #[arg(long, value_name = "OCTAS", help_heading = "Gas")]
    pub(crate) gas_unit_price: Option<u64>,
    /// How long the transaction may wait for a block
    #[arg(
        long,
        default_value_t = 30,
        value_name = "SECONDS",
        help_heading = "Gas"
    )]
    pub(crate) expiration_secs: u64,
    /// Only try it, and send nothing
    #[arg(long, help_heading = "Gas")]
    pub(crate) simulate: bool,
    /// Accepted for scripts: nothing is ever asked
    #[arg(long, hide = true, alias = "yes")]
    pub(crate) assume_yes: bool,
}

/// What goes on the chain beside the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Included {
    /// No sources
    None,
    /// The sources
    Sparse,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    pub(crate) package: PackageArgs,
    /// What goes on the chain with the code
    #[arg(long, value_enum, default_value_t = Included::Sparse, value_name = "WHAT")]
    pub(crate) included_artifacts: Included,
    /// Publish at a new object that the sender owns; the package's named address NAME becomes its
    /// address
    #[arg(long, alias = "address-name", value_name = "NAME")]
    pub(crate) object: Option<String>,
    /// Upgrade the package at this object instead of making one
    #[arg(long, requires = "object", value_name = "ADDRESS")]
    pub(crate) object_address: Option<String>,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    #[command(flatten)]
    pub(crate) gas: GasArgs,
}

/// Which function, with which arguments.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// ADDRESS::MODULE::FUNCTION; a profile can stand for the address
    #[arg(long, value_name = "FUNCTION", required_unless_present = "json_file")]
    pub(crate) function_id: Option<String>,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
    /// Read all that from a file: {"function_id": …, "type_args": […], "args": [{"type": …,
    /// "value": …}]}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["function_id", "args", "type_args"])]
    pub(crate) json_file: Option<PathBuf>,
}

/// Arguments.
#[derive(Debug, Args)]
pub(crate) struct ValueArgs {
    /// Arguments, without signers
    #[arg(long, num_args = 1.., allow_negative_numbers = true, value_name = "ARGUMENT")]
    pub(crate) args: Vec<String>,
    /// Type arguments, such as u64 or 0x1::aptos_coin::AptosCoin
    #[arg(long, num_args = 1.., value_name = "TYPE")]
    pub(crate) type_args: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) call: CallArgs,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    #[command(flatten)]
    pub(crate) gas: GasArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ScriptArgs {
    /// A compiled script, as `lumio move build` puts them into build/NAME/bytecode_scripts
    #[arg(long, value_name = "FILE", required_unless_present = "script_path")]
    pub(crate) compiled_script_path: Option<PathBuf>,
    /// The source of a script that needs nothing but the framework
    #[arg(long, value_name = "FILE", conflicts_with = "compiled_script_path")]
    pub(crate) script_path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) values: ValueArgs,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    #[command(flatten)]
    pub(crate) gas: GasArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    #[command(flatten)]
    pub(crate) call: CallArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    /// The state after this version [default: the newest]
    #[arg(long, value_name = "VERSION")]
    pub(crate) ledger_version: Option<u64>,
}
