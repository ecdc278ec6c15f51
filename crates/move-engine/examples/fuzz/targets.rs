//! What is fuzzed. To add a target: a file with a type that implements [`Target`], and a line in
//! [`TARGETS`].

use crate::{
    assembler::Assembler, deserialiser::Deserialiser, interpreters::Interpreters, target::Target,
    verifier::Verifier,
};

/// A target as the command line knows it.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) make: fn() -> Box<dyn Target>,
}

/// All targets.
pub(crate) const TARGETS: &[Entry] = &[
    Entry {
        name: "deserialiser",
        about: "reads modules and scripts; what is read must be written and read again unchanged",
        make: || Box::new(Deserialiser),
    },
    Entry {
        name: "verifier",
        about: "verifies what can be read; passes rely on each other and must not be let down",
        make: || Box::new(Verifier),
    },
    Entry {
        name: "assembler",
        about: "assembles text; what is assembled must survive being written down and read again",
        make: || Box::new(Assembler),
    },
    Entry {
        name: "interpreters",
        about: "runs what the verifier accepts on both interpreters, which must agree",
        make: || Box::new(Interpreters::new()),
    },
];
