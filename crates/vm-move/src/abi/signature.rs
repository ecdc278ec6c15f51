//! Solidity signatures as Move code names them: `transfer(address,u256)`.

use alloc::{format, string::String, vec::Vec};
use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::keccak256;
use lumio_move_engine::MoveValue;

use super::write::{FindAddress, as_list};

/// The longest signature, in bytes.
const LENGTH_MAX: usize = 1_024;
/// Tuples inside each other.
const DEPTH_MAX: usize = 16;

/// A function's name and the types of its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    name: String,
    parameters: Vec<DynSolType>,
}

impl Signature {
    /// Reads a signature. Besides Solidity's names of types those of Move's integers are understood.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad =
            |why: &str| format!("{text:?} is not the signature of a Solidity function: {why}");
        if text.len() > LENGTH_MAX {
            return Err(format!("a signature of {} bytes is too long", text.len()));
        }
        let text = text.trim();
        let open = text.find('(').ok_or_else(|| bad("it has no parameters"))?;
        let (name, types) = text.split_at(open);
        let name = name.trim();
        let is_name = |(at, c): (usize, char)| {
            c == '_' || c == '$' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
        };
        if name.is_empty() || !name.chars().enumerate().all(is_name) {
            return Err(bad("it does not begin with a name"));
        }
        Ok(Self {
            name: name.into(),
            parameters: types_of(types).map_err(|why| bad(&why))?,
        })
    }

    /// The first four bytes of the hash of its canonical form.
    pub(crate) fn selector(&self) -> [u8; 4] {
        let types: Vec<_> = self
            .parameters
            .iter()
            .map(|ty| ty.sol_type_name().into_owned())
            .collect();
        let canonical = format!("{}({})", self.name, types.join(","));
        let [a, b, c, d, ..] = keccak256(canonical).0;
        [a, b, c, d]
    }

    /// The input of a call: selector and arguments. A struct brings several arguments, or one that
    /// is a tuple; everything else is one.
    ///
    /// # Errors
    /// Which argument does not fit.
    pub(crate) fn input(
        &self,
        value: &MoveValue,
        find: FindAddress<'_>,
    ) -> Result<Vec<u8>, String> {
        let arguments = self
            .arguments(value, find)
            .map_err(|why| format!("the arguments do not fit {}: {why}", self.name))?;
        let mut input = Vec::from(self.selector());
        input.extend(DynSolValue::Tuple(arguments).abi_encode_params());
        Ok(input)
    }

    fn arguments(
        &self,
        value: &MoveValue,
        find: FindAddress<'_>,
    ) -> Result<Vec<DynSolValue>, String> {
        let nothing = [MoveValue::Bool(false)];
        match (self.parameters.as_slice(), value) {
            // A struct without fields has one of its own, a bool.
            ([], MoveValue::Struct(fields)) if fields.as_slice() == nothing => Ok(Vec::new()),
            ([], MoveValue::Bytes(bytes)) if bytes.is_empty() => Ok(Vec::new()),
            ([], MoveValue::Vector(items)) if items.is_empty() => Ok(Vec::new()),
            ([], MoveValue::Bool(_)) => Ok(Vec::new()),
            ([only], value) => {
                let whole = as_list(
                    core::slice::from_ref(only),
                    core::slice::from_ref(value),
                    find,
                );
                match (whole, value) {
                    (Err(_), MoveValue::Struct(fields)) => {
                        as_list(core::slice::from_ref(only), fields, find)
                    }
                    (whole, _) => whole,
                }
            }
            (types, MoveValue::Struct(fields)) => as_list(types, fields, find),
            (types, _) => Err(format!(
                "{} arguments must be packed into a struct",
                types.len()
            )),
        }
    }
}

/// Reads a list of types, such as `(address,uint256)`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_types(text: &str) -> Result<Vec<DynSolType>, String> {
    if text.len() > LENGTH_MAX {
        return Err(format!(
            "a list of types of {} bytes is too long",
            text.len()
        ));
    }
    let bad = |why| format!("{text:?} is not a list of Solidity types in brackets: {why}");
    types_of(text.trim()).map_err(bad)
}

fn types_of(text: &str) -> Result<Vec<DynSolType>, String> {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for character in text.chars() {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > DEPTH_MAX {
        return Err("its tuples are nested too deeply".into());
    }
    let spaceless: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if spaceless == "()" {
        return Ok(Vec::new());
    }
    if spaceless.contains(",)") {
        return Err("a type is missing".into());
    }
    let named = solidity_names(&spaceless);
    match DynSolType::parse(&named) {
        Ok(DynSolType::Tuple(types)) => Ok(types),
        Ok(DynSolType::Array(_) | DynSolType::FixedArray(..)) => {
            Err("something follows the closing bracket".into())
        }
        Ok(_) => Err("it has no brackets".into()),
        Err(_) => Err(mistake(&named)),
    }
}

/// What is wrong with a list of types. The words are our own: contracts can see them, and those of a
/// dependency may depend on how it was built.
fn mistake(types: &str) -> String {
    let names = types.split(['(', ')', ',']);
    let mut names = names.map(|name| name.split('[').next().unwrap_or_default());
    let unknown = names.find(|name| !name.is_empty() && DynSolType::parse(name).is_err());
    match unknown {
        Some(name) => format!("{name} is no type of Solidity"),
        None if types.matches('(').count() != types.matches(')').count() => {
            "its brackets do not match".into()
        }
        None => "its types cannot be read".into(),
    }
}

/// The same types by Solidity's names: `u256` is `uint256`.
fn solidity_names(types: &str) -> String {
    let mut named = String::new();
    let mut rest = types;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (word, after) = rest.split_at(end);
        rest = after;
        let digits = word.strip_prefix(['u', 'i']);
        let is_integer = digits
            .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()));
        match (is_integer, digits, word.starts_with('u')) {
            (true, Some(digits), true) => named.push_str(&format!("uint{digits}")),
            (true, Some(digits), false) => named.push_str(&format!("int{digits}")),
            _ => named.push_str(word),
        }
    }
    named
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    #[test]
    fn selectors_are_those_of_solidity() {
        for (text, selector) in [
            ("transfer(address,uint256)", "a9059cbb"),
            ("transfer(address,u256)", "a9059cbb"),
            (" transfer ( address , u256 ) ", "a9059cbb"),
            ("totalSupply()", "18160ddd"),
            ("balanceOf(address)", "70a08231"),
        ] {
            let signature = Signature::parse(text).unwrap();
            assert_eq!(hex::encode(signature.selector()), selector, "{text}");
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for text in [
            "",
            "transfer",
            "transfer(address",
            "(address)",
            "1f()",
            "f(address) returns (bool)",
            "f(nothing)",
            "f(address,)",
            &"(".repeat(2_000),
            &format!("f{}{}", "(".repeat(40), ")".repeat(40)),
        ] {
            Signature::parse(text).unwrap_err();
        }
    }
}
