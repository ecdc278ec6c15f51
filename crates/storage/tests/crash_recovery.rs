//! A process that commits blocks is killed at random moments. What it
//! acknowledged is there afterwards, and everything belongs to one height.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use lumio_storage::Database;
use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const FOLDER: &str = "LUMIO_CRASH_FOLDER";
const KILLS: u32 = 25;

fn main() {
    match env::var_os(FOLDER) {
        Some(folder) => commit_until_killed(Path::new(&folder)),
        None => nothing_acknowledged_is_lost(),
    }
}

/// Prints the number of each block once its commit returned.
fn commit_until_killed(folder: &Path) {
    let database = Database::open(folder, support::options(20)).unwrap();
    let mut output = std::io::stdout();
    loop {
        let number = support::commit_numbered(&database).unwrap();
        writeln!(output, "{number}").unwrap();
        output.flush().unwrap();
    }
}

fn nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut heads = Vec::new();
    for _ in 0..KILLS {
        let mut child = Command::new(env::current_exe().unwrap())
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // From the middle of creating the folder to some hundred blocks.
        let wait = Duration::from_micros(random % 300_000);
        let killer = thread::spawn(move || {
            thread::sleep(wait);
            child.kill().unwrap();
            child.wait().unwrap();
        });
        let acknowledged: Option<u64> = output
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.parse().ok())
            .last();
        killer.join().unwrap();
        let database = Database::open(folder.path(), support::options(20)).unwrap();
        let head = database.head().map(|_| support::check_numbered(&database));
        assert!(
            head >= acknowledged,
            "block {acknowledged:?} was acknowledged and the head is {head:?}"
        );
        heads.push(head);
    }
    let last = heads.last().copied().flatten();
    assert!(
        last > Some(u64::from(KILLS)),
        "the child made no progress: {heads:?}"
    );
    println!("crash_recovery: heads after each kill: {heads:?}");
}
