//! Names in the other language: its case, and none of its keywords.

use std::collections::BTreeSet;

/// Words that a name of Solidity cannot be, or that would hide something.
const SOLIDITY: &str = "abi abstract address addmod after alias anonymous apply as assembly assert auto \
    block blockhash blobhash bool break byte bytes calldata case catch constant constructor continue contract copyof \
    days default define delete do ecrecover else emit enum error ether event external fallback false \
    final finney fixed for from function gasleft global gwei hex hours if immutable implements import in \
    indexed inline int interface internal is keccak256 let library log0 log1 log2 log3 log4 macro \
    mapping match memory minutes modifier msg mulmod mutable new now null of override partial payable \
    pragma private promise public pure receive reference relocatable require return returns revert \
    ripemd160 sealed seconds selfdestruct sha256 sizeof static storage string struct suicide super \
    supports switch szabo this throw transient true try tx type typedef typeof ufixed uint unchecked unicode \
    using var view virtual weeks wei while years layout at";

/// Words that a name of Move cannot be.
const MOVE: &str = "abort acquires address as assert bool break const continue copy copyable else enum \
    entry exists false for freeze friend fun global has if in inline invariant is key let loop match \
    module move move_from move_to mut native package phantom public pure reads return script self \
    signer spec store struct true type u8 u16 u32 u64 u128 u256 i8 i16 i32 i64 i128 i256 use vector \
    while where writes borrow_global borrow_global_mut drop";

/// Whether a name of Solidity is taken by the language: keywords, and types such as `uint24`.
pub(crate) fn is_reserved_in_solidity(name: &str) -> bool {
    let prefixes = ["uint", "int", "bytes", "fixed", "ufixed"];
    let sized = prefixes.iter().any(|prefix| {
        let rest = name.strip_prefix(prefix);
        // `fixed128x18` too; and with an underscore it is a name.
        rest.is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit())
                && rest.chars().all(|c| c.is_ascii_digit() || c == 'x')
        })
    });
    sized || SOLIDITY.split_whitespace().any(|word| word == name)
}

/// Whether a name of Move is taken by the language.
pub(crate) fn is_reserved_in_move(name: &str) -> bool {
    MOVE.split_whitespace().any(|word| word == name)
}

/// The words of a name: parts between underscores, and parts that begin with a capital.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at.saturating_add(1));
        let begins = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase()
                        && after.is_some_and(char::is_ascii_lowercase)
                        // The plural of an abbreviation: `NFTs`.
                        && !(after == Some(&'s') && characters.len() == at.saturating_add(2)))
            });
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.push(character.to_ascii_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// `swap_exact_in` of `swapExactIn`.
pub fn snake_case(name: &str) -> String {
    let name = words(name).join("_");
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("n{name}"),
    }
}

/// `SwapExactIn` of either.
pub fn pascal_case(name: &str) -> String {
    let name: String = words(name).iter().map(|word| capitalised(word)).collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("N{name}"),
    }
}

/// `swapExactIn` of `swap_exact_in`.
pub(crate) fn camel_case(name: &str) -> String {
    let pascal = pascal_case(name);
    let mut characters = pascal.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// Names that are taken. What is asked for twice gets underscores.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
    is_reserved: fn(&str) -> bool,
}

impl Names {
    pub(crate) fn new(is_reserved: fn(&str) -> bool) -> Self {
        Self {
            taken: BTreeSet::new(),
            is_reserved,
        }
    }

    pub(crate) fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && !(self.is_reserved)(name)
    }

    /// Takes a name, or the next one like it that is free.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while !self.is_free(&name) {
            name.push('_');
        }
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case() {
        for (name, snake, pascal, camel) in [
            ("balanceOf", "balance_of", "BalanceOf", "balanceOf"),
            (
                "swap_exact_in",
                "swap_exact_in",
                "SwapExactIn",
                "swapExactIn",
            ),
            (
                "DOMAIN_SEPARATOR",
                "domain_separator",
                "DomainSeparator",
                "domainSeparator",
            ),
            ("getURLOf", "get_url_of", "GetUrlOf", "getUrlOf"),
            ("WETH9", "weth9", "Weth9", "weth9"),
            ("_to", "to", "To", "to"),
            ("tokenIDs", "token_ids", "TokenIds", "tokenIds"),
            ("x", "x", "X", "x"),
            ("ERC20", "erc20", "Erc20", "erc20"),
            ("$1a", "n1a", "N1a", "n1a"),
        ] {
            assert_eq!(snake_case(name), snake, "{name}");
            assert_eq!(pascal_case(name), pascal, "{name}");
            assert_eq!(camel_case(name), camel, "{name}");
        }
    }

    #[test]
    fn keywords_and_taken_names_get_an_underscore() {
        let mut names = Names::new(is_reserved_in_solidity);
        assert_eq!(names.take("delete"), "delete_");
        assert_eq!(names.take("delete"), "delete__");
        assert_eq!(names.take("uint24"), "uint24_");
        assert_eq!(names.take("internal_"), "internal_");
        assert_eq!(Names::new(is_reserved_in_move).take("move"), "move_");
    }
}
