//! The goals, and how far results are from them.

use super::{records::Results, show::number, suites::SUITES};
use std::fmt::Write as _;

/// What a figure must be.
#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};

/// One figure of a goal.
struct Check {
    goal: &'static str,
    what: &'static str,
    bound: Bound,
    unit: &'static str,
    /// Whose command reproduces it.
    suite: &'static str,
    figure: fn(&Results) -> Option<Figure>,
}

/// A figure, and where it is from when it is one of several.
struct Figure {
    value: f64,
    of: String,
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        let of = String::new();
        Self { value, of }
    }
}

/// What runs in parallel without conflicts, or hardly any.
const UNCONTENDED: [&str; 7] = [
    "evm-transfer",
    "evm-erc20",
    "move-coin",
    "move-fa",
    "sol-transfer",
    "spl-transfer",
    "mixed",
];

/// Where each transaction depends on the one before.
const CONTENDED: [&str; 4] = [
    "evm-erc20-hot",
    "evm-uniswap-v2-swap",
    "move-fa-hot",
    "spl-transfer-hot",
];

const CHECKS: [Check; 22] = [
    rpc(
        "1",
        "EVM transfers over RPC, by anvil's throughput",
        AtLeast(2.0),
        |it| it.rpc("evm-transfer", "tx_per_s"),
    ),
    rpc("1", "the same, by anvil's CPU time", AtMost(0.5), |it| {
        it.rpc("evm-transfer", "cpu")
    }),
    rpc(
        "1",
        "ERC-20 transfers over RPC, by anvil's throughput",
        AtLeast(2.0),
        |it| it.rpc("evm-erc20", "tx_per_s"),
    ),
    rpc("1", "the same, by anvil's CPU time", AtMost(0.5), |it| {
        it.rpc("evm-erc20", "cpu")
    }),
    check(
        "2",
        "confirmation at 1,000 a second, median",
        AtMost(20.0),
        "ms",
        "rpc-instant",
        |it| it.instant("p50_ms"),
    ),
    check(
        "2",
        "the same, 99th percentile",
        AtMost(100.0),
        "ms",
        "rpc-instant",
        |it| it.instant("p99_ms"),
    ),
    check(
        "2",
        "a mixed load at 3,000 a second, 99th percentile",
        AtMost(100.0),
        "ms",
        "mixed",
        |it| Some(it.median("mixed", "mixed", "lumio", "p99_ms")?.into()),
    ),
    check(
        "3",
        "transfer of a fungible asset, by an Aptos-derived VM's CPU time",
        AtMost(1.0 / 3.0),
        "×",
        "move",
        |it| {
            Some(
                it.ratio("move", "move-fa", "lumio/aptos-derived-vm", "cpu")?
                    .into(),
            )
        },
    ),
    check(
        "3",
        "coin transfer, CPU time",
        AtMost(60.0),
        "µs",
        "move",
        |it| {
            Some(
                it.median("move", "move-coin", "lumio", "cpu_us_per_tx")?
                    .into(),
            )
        },
    ),
    check(
        "4",
        "two threads, uncontended, by in order; the lowest",
        AtLeast(1.6),
        "×",
        "parallel",
        |it| it.lowest("parallel", &UNCONTENDED, "parallel-2/in-order", "tx_per_s"),
    ),
    check(
        "4",
        "two threads, fully contended, by in order; the lowest",
        AtLeast(0.9),
        "×",
        "parallel",
        |it| it.lowest("parallel", &CONTENDED, "parallel-2/in-order", "tx_per_s"),
    ),
    check(
        "4",
        "32 threads, **simulated**, 10,000 accounts; the lowest",
        AtLeast(12.0),
        "×",
        "simulate",
        |it| it.simulated("-10000-accounts-"),
    ),
    check(
        "4",
        "32 threads, **simulated**, 100 accounts; the lowest",
        AtLeast(5.0),
        "×",
        "simulate",
        |it| it.simulated("-100-accounts-"),
    ),
    svm(
        "SOL and SPL transfers without signatures, by LiteSVM; the lower",
        AtLeast(0.9),
        |it| {
            it.lowest(
                "svm",
                &["sol-transfer", "spl-transfer"],
                "lumio/litesvm",
                "tx_per_s",
            )
        },
    ),
    svm("the same with signatures", AtLeast(1.5), |it| {
        it.lowest(
            "svm",
            &["sol-transfer-signed", "spl-transfer-signed"],
            "lumio/litesvm",
            "tx_per_s",
        )
    }),
    check(
        "6",
        "CPU time by plain revm's; the highest",
        AtMost(1.1),
        "×",
        "executor",
        |it| it.highest("executor", "lumio-ethereum/revm", "cpu"),
    ),
    check(
        "6",
        "CPU time by op-revm's; the highest",
        AtMost(1.1),
        "×",
        "executor",
        |it| it.highest("executor", "lumio/op-revm", "cpu"),
    ),
    check(
        "7",
        "EVM → Move → EVM, CPU time by the sum of its parts",
        AtMost(1.3),
        "×",
        "cross",
        |it| {
            Some(
                it.ratio("cross", "evm-to-move-to-evm", "whole/", "cpu")?
                    .into(),
            )
        },
    ),
    state(
        "8",
        "state root at a million accounts, for each updated key",
        AtMost(5.0),
        "µs",
        |it| Some((1e6 / it.median("state", "state-root-per-key", "lumio", "tx_per_s")?).into()),
    ),
    state("8", "the same on two threads", AtMost(5.0), "µs", |it| {
        Some(
            (1e6 / it.median("state", "state-root-per-key-2-threads", "lumio", "tx_per_s")?).into(),
        )
    }),
    state(
        "9",
        "start to first answer, empty database",
        AtMost(1_000.0),
        "ms",
        |it| it.start("start-empty"),
    ),
    state(
        "9",
        "the same with a million accounts",
        AtMost(10_000.0),
        "ms",
        |it| it.start("start-full"),
    ),
];

type Of = fn(&Results) -> Option<Figure>;

const fn check(
    goal: &'static str,
    what: &'static str,
    bound: Bound,
    unit: &'static str,
    suite: &'static str,
    figure: Of,
) -> Check {
    Check {
        goal,
        what,
        bound,
        unit,
        suite,
        figure,
    }
}

const fn rpc(goal: &'static str, what: &'static str, bound: Bound, figure: Of) -> Check {
    check(goal, what, bound, "×", "rpc", figure)
}

const fn svm(what: &'static str, bound: Bound, figure: Of) -> Check {
    check("5", what, bound, "×", "svm", figure)
}

const fn state(
    goal: &'static str,
    what: &'static str,
    bound: Bound,
    unit: &'static str,
    figure: Of,
) -> Check {
    check(goal, what, bound, unit, "state", figure)
}

impl Results {
    fn rpc(&self, case: &str, name: &str) -> Option<Figure> {
        Some(self.ratio("rpc", case, "lumio/anvil", name)?.into())
    }

    fn instant(&self, name: &str) -> Option<Figure> {
        let case = "evm-transfer instant @1000/s";
        Some(self.median("rpc-instant", case, "lumio", name)?.into())
    }

    fn start(&self, case: &str) -> Option<Figure> {
        Some(self.median("state", case, "lumio", "startup_ms")?.into())
    }

    /// The lowest ratio of these cases, when all were measured.
    fn lowest(&self, suite: &str, cases: &[&str], ratio: &str, name: &str) -> Option<Figure> {
        let of = |case: &&str| {
            Some(Figure {
                value: self.ratio(suite, case, ratio, name)?,
                of: (*case).to_owned(),
            })
        };
        let all: Option<Vec<_>> = cases.iter().map(of).collect();
        all?.into_iter()
            .min_by(|one, other| one.value.total_cmp(&other.value))
    }

    /// The highest ratio of all cases.
    fn highest(&self, suite: &str, ratio: &str, name: &str) -> Option<Figure> {
        let ratios = self.of(suite).filter(|it| it.text("ratio") == ratio);
        let figures = ratios.filter_map(|it| {
            Some(Figure {
                value: it.number(name)?,
                of: it.text("case").to_owned(),
            })
        });
        figures.max_by(|one, other| one.value.total_cmp(&other.value))
    }

    fn simulated(&self, accounts: &str) -> Option<Figure> {
        let of = self.of("simulate").filter(|it| {
            it.text("subject") == "simulated-32" && it.text("case").contains(accounts)
        });
        let figures = of.filter_map(|it| {
            Some(Figure {
                value: it.number("speedup")?,
                of: it.text("case").to_owned(),
            })
        });
        figures.min_by(|one, other| one.value.total_cmp(&other.value))
    }
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            AtLeast(bound) => value >= bound,
            AtMost(bound) => value <= bound,
        }
    }

    fn shown(self, unit: &str) -> String {
        match self {
            AtLeast(bound) => format!("≥ {}{}", number(bound), spaced(unit)),
            AtMost(bound) => format!("≤ {}{}", number(bound), spaced(unit)),
        }
    }
}

fn spaced(unit: &str) -> String {
    match unit {
        "×" => unit.to_owned(),
        _ => format!(" {unit}"),
    }
}

/// The table of goals.
pub(super) fn table(results: &Results) -> String {
    let mut text =
        String::from("| | figure | goal | measured | met | command |\n|---|---|--:|--:|---|---|\n");
    for check in &CHECKS {
        let figure = (check.figure)(results);
        let (measured, met) = match &figure {
            None => ("not measured yet".to_owned(), ""),
            Some(figure) => {
                let of = match figure.of.as_str() {
                    "" => String::new(),
                    of => format!(" ({of})"),
                };
                let value = number(figure.value);
                let measured = format!("{value}{}{of}", spaced(check.unit));
                let met = match check.bound.holds(figure.value) {
                    true => "yes",
                    false => "**no**",
                };
                (measured, met)
            }
        };
        let suite = SUITES.iter().find(|suite| suite.name == check.suite);
        let arguments = suite.map_or("", |suite| suite.arguments);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {measured} | {met} | `{arguments}` |",
            check.goal,
            check.what,
            check.bound.shown(check.unit),
        );
    }
    text
}
