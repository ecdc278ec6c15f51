//! The command line from outside: exit codes, messages, and which setting wins.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

fn lumio(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumio"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LUMIO_") {
            command.env_remove(name);
        }
    }
    command
}

/// A node on free ports.
fn dev(arguments: &[&str]) -> Command {
    let mut command = lumio(&[
        "dev",
        "--eth-port",
        "0",
        "--aptos-port",
        "0",
        "--faucet-port",
        "0",
        "--indexer-port",
        "0",
        "--readiness-port",
        "0",
        "--solana-port",
        "0",
        "--metrics-port",
        "0",
    ]);
    command.args(arguments);
    command
}

/// Runs what must end by itself, and soon.
fn failure(mut command: Command) -> (i32, String) {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let code = exit_code(&mut child);
    let mut message = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut message)
        .unwrap();
    (code, message)
}

fn exit_code(child: &mut Child) -> i32 {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("does not end");
}

/// A running node, stopped when dropped.
struct Running {
    child: Child,
    banner: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut banner = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !banner.contains("cast block latest") {
            assert!(lines.read_line(&mut banner).unwrap() > 0, "{banner}");
        }
        Self { child, banner }
    }

    fn eth(&self) -> String {
        let line = self
            .banner
            .lines()
            .find(|line| line.starts_with("Ethereum"));
        let url = line.unwrap().split_whitespace().nth(1).unwrap();
        url.trim_start_matches("http://").to_owned()
    }

    fn rpc(&self, method: &str, parameters: &str) -> String {
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{parameters}}}"#);
        let mut stream = TcpStream::connect(self.eth()).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn terminate(mut self) -> i32 {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        exit_code(&mut self.child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn bad_mnemonic_is_wrong_usage() {
    let (code, message) = failure(dev(&["--ephemeral", "--mnemonic", "test test test"]));
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("--mnemonic"), "{message}");
    assert!(message.contains("BIP-39"), "{message}");
}

#[test]
fn contradicting_flags_are_wrong_usage() {
    let (code, message) = failure(dev(&["--block-time", "1", "--no-mining"]));
    assert_eq!(code, 2, "{message}");
    let (code, message) = failure(dev(&["--ephemeral", "--block-time", "0"]));
    assert_eq!(code, 2, "{message}");
    assert!(
        message.contains("block-time: 0 is not between"),
        "{message}"
    );
    let (code, message) = failure(lumio(&["dev", "--solana-port", "8080"]));
    assert_eq!(code, 2, "{message}");
    assert!(
        message.contains("aptos-port and solana-port are both 8080"),
        "{message}"
    );
    let (code, _) = failure(dev(&["--unheard-of"]));
    assert_eq!(code, 2);
}

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, message) = failure(lumio(&[
        "dev",
        "--ephemeral",
        "--no-aptos",
        "--no-solana",
        "--metrics-port",
        "0",
        "--eth-port",
        &port,
    ]));
    assert_eq!(code, 4, "{message}");
    assert!(message.contains("--eth-port"), "{message}");
    assert!(message.contains(&port), "{message}");
    let (code, message) = failure(lumio(&[
        "dev",
        "--ephemeral",
        "--no-aptos",
        "--no-solana",
        "--eth-port",
        "0",
        "--metrics-port",
        &port,
    ]));
    assert_eq!(code, 4, "{message}");
    assert!(message.contains("--metrics-port"), "{message}");
}

#[test]
fn a_folder_has_one_process_one_version_and_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let node = Running::start(dev(&["--datadir", path]));
    let (code, message) = failure(dev(&["--datadir", path]));
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("in use by another process"), "{message}");
    let (code, message) = failure(lumio(&["db", "verify", "--datadir", path]));
    assert_eq!(code, 3, "{message}");
    assert_eq!(node.terminate(), 0);

    let (code, message) = failure(dev(&["--datadir", path, "--chain-id", "5"]));
    assert_eq!(code, 3, "{message}");
    assert!(
        message.contains("holds chain 58646, not chain 5"),
        "{message}"
    );

    std::fs::write(folder.path().join("chain.redb"), b"something else").unwrap();
    let (code, message) = failure(dev(&["--datadir", path]));
    assert_eq!(code, 3, "{message}");
}

#[test]
fn nothing_is_made_by_looking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    let (code, message) = failure(lumio(&["db", "info", "--datadir", path.to_str().unwrap()]));
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("holds no chain"), "{message}");
    assert!(!path.exists());
}

#[test]
fn a_stopped_node_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let node = Running::start(dev(&["--datadir", path]));
    let send = r#"[{"from":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "to":"0x00000000000000000000000000000000000000aa","value":"0x7"}]"#;
    assert!(node.rpc("eth_sendTransaction", send).contains("result"));
    let head = node.rpc("eth_getBlockByNumber", r#"["latest",false]"#);
    assert_eq!(node.terminate(), 0);

    let output = lumio(&["db", "verify", "--datadir", path])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(report.contains("recomputed: equal"), "{report}");
    assert!(report.contains("head        1 "), "{report}");

    let node = Running::start(dev(&["--datadir", path]));
    let again = node.rpc("eth_getBlockByNumber", r#"["latest",false]"#);
    let body = |answer: &str| answer.split("\r\n\r\n").last().unwrap().to_owned();
    assert_eq!(body(&again), body(&head));
    let balance = node.rpc(
        "eth_getBalance",
        r#"["0x00000000000000000000000000000000000000aa","latest"]"#,
    );
    assert!(balance.contains(r#""result":"0x7""#), "{balance}");
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lumio.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    let chain_id = |command: Command| {
        let node = Running::start(command);
        let answer = node.rpc("eth_chainId", "[]");
        let hex = answer.split("\"0x").nth(1).unwrap();
        u64::from_str_radix(hex.split('"').next().unwrap(), 16).unwrap()
    };

    assert_eq!(chain_id(dev(&["--ephemeral"])), 58_646);
    write("ephemeral = true\nchain-id = 7\n");
    assert_eq!(chain_id(dev(&["--config", path])), 7);
    let mut command = dev(&["--config", path]);
    command.env("LUMIO_CHAIN_ID", "8");
    assert_eq!(chain_id(command), 8);
    let mut command = dev(&["--config", path, "--chain-id", "9"]);
    command.env("LUMIO_CHAIN_ID", "8");
    assert_eq!(chain_id(command), 9);
}

#[test]
fn the_file_has_no_unknown_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lumio.toml");
    let refused = |text: &str| {
        std::fs::write(&file, text).unwrap();
        failure(dev(&["--ephemeral", "--config", file.to_str().unwrap()]))
    };
    let (code, message) = refused("chain-idd = 7\n");
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("chain-idd"), "{message}");
    assert!(message.contains("lumio.toml"), "{message}");
    let (code, message) = refused("gas-limit = \"high\"\n");
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("gas-limit"), "{message}");
    let (code, message) = refused("= 3\n");
    assert_eq!(code, 2, "{message}");
    std::fs::remove_file(&file).unwrap();
    let (code, message) = failure(dev(&["--ephemeral", "--config", file.to_str().unwrap()]));
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("cannot be read"), "{message}");
}

#[test]
fn every_key_of_the_file_is_a_flag_with_a_variable() {
    let output = lumio(&["dev", "--help"]).output().unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for key in [
        "datadir",
        "ephemeral",
        "host",
        "eth-port",
        "aptos-port",
        "faucet-port",
        "indexer-port",
        "readiness-port",
        "no-aptos",
        "solana-port",
        "no-solana",
        "metrics-port",
        "block-time",
        "no-mining",
        "chain-id",
        "gas-limit",
        "base-fee",
        "genesis",
        "accounts",
        "balance",
        "mnemonic",
        "threads",
        "history-blocks",
        "log-format",
    ] {
        assert!(help.contains(&format!("--{key}")), "--{key}");
        let variable = format!("LUMIO_{}", key.to_uppercase().replace('-', "_"));
        assert!(help.contains(&variable), "{variable}");
    }
    for heading in [
        "Storage:",
        "Servers:",
        "Blocks:",
        "Genesis:",
        "Logs:",
        "Exit codes:",
    ] {
        assert!(help.contains(heading), "{heading}");
    }
}

#[test]
fn a_genesis_file_adds_its_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("genesis.json");
    let text = r#"{"config":{"chainId":3},"timestamp":"0x64","alloc":{
        "0x00000000000000000000000000000000000000bb":
            {"balance":"0x5","code":"0x60016000f3","nonce":"0x2"}}}"#;
    std::fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    let (code, message) = failure(dev(&["--ephemeral", "--genesis", path, "--chain-id", "4"]));
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("is for chain 3"), "{message}");
    let node = Running::start(dev(&["--ephemeral", "--genesis", path]));
    assert!(node.rpc("eth_chainId", "[]").contains("\"0x3\""));
    let address = r#"["0x00000000000000000000000000000000000000bb","latest"]"#;
    assert!(node.rpc("eth_getBalance", address).contains("\"0x5\""));
    assert!(node.rpc("eth_getCode", address).contains("0x60016000f3"));
    assert!(
        node.rpc("eth_getTransactionCount", address)
            .contains("\"0x2\"")
    );
    let block = node.rpc("eth_getBlockByNumber", r#"["0x0",false]"#);
    assert!(block.contains(r#""timestamp":"0x64""#), "{block}");
}

#[test]
fn completions_and_method_list_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let output = lumio(&["completion", shell]).output().unwrap();
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("statetest"),
            "{shell}"
        );
    }
    let output = lumio(&["rpc-methods"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("eth_sendRawTransaction"));
}

#[test]
fn state_tests_end_with_a_count() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.json"), "{").unwrap();
    let run = |path: &Path| {
        lumio(&["statetest", path.to_str().unwrap()])
            .output()
            .unwrap()
    };
    let output = run(folder.path());
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.lines().last(), Some("0 passed, 1 failed"), "{text}");
    let output = run(&folder.path().join("none"));
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("No such file"), "{text}");
    assert_eq!(text.lines().last(), Some("0 passed, 1 failed"), "{text}");
    std::fs::remove_file(folder.path().join("bad.json")).unwrap();
    let output = run(folder.path());
    assert_eq!(
        output.status.code(),
        Some(1),
        "nothing to run is no success"
    );
}

#[test]
fn a_new_move_package_builds_and_passes_its_test() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = lumio(&["move"]);
        let output = command
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text, errors)
    };
    let (code, _, errors) = run(&["new", "first"]);
    assert_eq!(code, Some(0), "{errors}");
    let (code, text, errors) = run(&["test", "-p", "first"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(text.ends_with("1 passed, 0 failed\n"), "{text}");
    let (code, _, errors) = run(&["build", "-p", "first", "--named-addresses", "first=0x7"]);
    assert_eq!(code, Some(0), "{errors}");
    let binary = "first/build/first/bytecode_modules/counter.mv";
    let (code, text, errors) = run(&["disassemble", binary]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(text.starts_with("module 0x7::counter version 8"), "{text}");
    // What is wrong is shown where it is.
    let bad = "module first::bad {\n    fun f(): u8 { 1 + true }\n}\n";
    std::fs::write(folder.path().join("first/sources/bad.move"), bad).unwrap();
    let (code, _, errors) = run(&["build", "--dev", "-p", "first"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("bad.move:2:21"), "{errors}");
    assert!(errors.contains("first has 1 error"), "{errors}");
    let (code, _, errors) = run(&["build", "-p", "first"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("--named-addresses first=0x"), "{errors}");
    assert!(errors.contains("--dev"), "{errors}");
    // What a test prints is shown, and where it fails.
    let bad = "module first::bad {\n    /// No\n    const ENO: u64 = 3;\n\n    #[test]\n    \
               fun f() {\n        std::debug::print(&std::string::utf8(b\"here\"));\n        \
               abort ENO\n    }\n}\n";
    std::fs::write(folder.path().join("first/sources/bad.move"), bad).unwrap();
    let (code, text, _) = run(&["test", "-p", "first"]);
    assert_eq!(code, Some(1));
    assert!(text.starts_with("[debug] \"here\"\n"), "{text}");
    let told = "FAIL  0xcafe::bad::f: aborted with 3, ENO (No), in 0xcafe::bad::f\n      at first/sources/bad.move:8:";
    assert!(text.contains(told), "{text}");
    let (code, _, errors) = run(&["build", "-p", "nowhere"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("nowhere has no Move.toml"), "{errors}");
    let (code, _, errors) = run(&["new", "first"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("exists already"), "{errors}");
}
