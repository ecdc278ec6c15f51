//! Assembling text never panics; what was assembled can be written down and assembled again, and so
//! can every module that the verifier accepts.

use lumio_move_engine::{
    format::{read_module, read_script, write_module, write_script},
    text::{Unit, assemble, disassemble_module, disassemble_script},
    verify::{Config, verify_module},
};

use crate::{
    rng::Rng,
    target::{Path, Target},
};

/// How many changed texts are assembled for each that is given.
const CHANGES: usize = 8;

pub(crate) struct Assembler;

fn disassemble(unit: &Unit) -> String {
    match unit {
        Unit::Module(module) => disassemble_module(module),
        Unit::Script(script) => disassemble_script(script),
    }
}

/// Whether a unit has a binary form.
fn is_writable(unit: &Unit) -> bool {
    match unit {
        Unit::Module(module) => write_module(module).is_ok_and(|b| read_module(&b).is_ok()),
        Unit::Script(script) => write_script(script).is_ok_and(|b| read_script(&b).is_ok()),
    }
}

/// Assembles, and takes what comes of it through text once more.
fn check(text: &str, path: &mut Path) {
    match assemble(text) {
        Ok(unit) => {
            path.add("assembled");
            if is_writable(&unit) {
                survives(&unit);
                path.add("written");
            }
        }
        Err(error) => path.add_words(&error.to_string().replace(|c: char| !c.is_ascii(), "")),
    }
}

fn survives(unit: &Unit) {
    let text = disassemble(unit);
    let again = assemble(&text).map(|unit| disassemble(&unit));
    assert_eq!(again.as_ref(), Ok(&text), "the text does not survive");
}

/// Swaps, drops, doubles or replaces a few words.
fn shuffle(text: &str, rng: &mut Rng) -> String {
    let mut words: Vec<&str> = text
        .split_inclusive([' ', '\n', ',', '(', '<', ':'])
        .collect();
    for _ in 0..rng.below(4).saturating_add(1) {
        let (a, b) = (rng.below(words.len()), rng.below(words.len()));
        let other = words.get(b).copied().unwrap_or_default();
        match rng.below(4) {
            0 if !words.is_empty() => words.swap(a, b),
            1 if !words.is_empty() => drop(words.remove(a)),
            2 => words.insert(a, other),
            _ => {
                if let Some(word) = words.get_mut(a) {
                    *word = other;
                }
            }
        }
    }
    words.concat()
}

impl Target for Assembler {
    fn run(&mut self, input: &[u8]) -> u64 {
        let mut path = Path::new();
        let text = match read_module(input) {
            Ok(module) => {
                let valid = verify_module(&Config::production(), &module).is_ok();
                let text = disassemble_module(&module);
                if valid {
                    survives(&Unit::Module(module));
                }
                text
            }
            Err(_) => String::from_utf8_lossy(input).into_owned(),
        };
        check(&text, &mut path);
        let mut seed = Path::new();
        seed.add(input);
        let mut rng = Rng::new(seed.value());
        for _ in 0..CHANGES {
            // Every one of them takes some new path; following them all would lead nowhere.
            check(&shuffle(&text, &mut rng), &mut Path::new());
        }
        path.value()
    }
}
