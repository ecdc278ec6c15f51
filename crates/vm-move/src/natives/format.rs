//! Values as text: `0x1::string_utils`.

use alloc::{format, string::String, vec::Vec};
use lumio_move_engine::{
    Address, Layout, ModuleId, MoveValue, StatusCode, StructTag, TypeTag, U256, VmError, VmResult,
    bcs::put_bytes, code::Integer,
};

use super::{Done, Frame, Row, abort};

const MODULE: &str = "string_utils";

pub(super) const ROWS: &[Row] = &[
    (MODULE, "native_format", 800, 6, format_value),
    (MODULE, "native_format_list", 1_200, 6, format_list),
];

/// There are more or fewer arguments than places for them.
const EARGS_MISMATCH: u64 = 1;
/// A brace without its partner.
const EINVALID_FORMAT: u64 = 2;

/// How values are written.
#[derive(Clone, Copy)]
struct Style {
    /// Structs with account, module and type arguments.
    type_tags: bool,
    /// Addresses with all their digits.
    canonical: bool,
    /// Everything in one line.
    single_line: bool,
    /// Integers with their types.
    integer_types: bool,
}

/// Takes a value and how to write it.
fn format_value(frame: &mut Frame<'_>) -> Done {
    let style = Style {
        type_tags: frame.call.bool(1)?,
        canonical: frame.call.bool(2)?,
        single_line: frame.call.bool(3)?,
        integer_types: frame.call.bool(4)?,
    };
    let mut out = String::new();
    let (layout, value) = argument(frame, 0)?;
    style.write(&layout, &value, 0, &mut out);
    give(frame, &out)
}

fn give(frame: &mut Frame<'_>, text: &str) -> Done {
    let mut bcs = Vec::new();
    put_bytes(&mut bcs, text.as_bytes());
    frame.give(&bcs)
}

/// A value with its layout. The types of what function values capture are not looked up: they are
/// written without it.
fn argument(frame: &mut Frame<'_>, number: usize) -> VmResult<(Layout, MoveValue)> {
    let ty = frame.call.type_argument(0)?;
    let nodes = usize::try_from(frame.call.layout_nodes(ty)?).unwrap_or(usize::MAX);
    frame.pay(nodes.saturating_mul(8))?;
    let layout = frame.call.layout(ty)?;
    let bcs = frame.value(number)?;
    let unknown = |_: &TypeTag| Err(VmError::new(StatusCode::ValueSerializationError));
    let value = layout.decode(&bcs, &mut { unknown })?;
    Ok((layout, value))
}

/// Takes a text with `{}` for each argument, `{{` for `{` and `}}` for `}`; and the arguments, as a
/// list of pairs that ends with an empty one.
fn format_list(frame: &mut Frame<'_>) -> Done {
    let text = frame.bytes(0)?;
    let Ok(text) = String::from_utf8(text) else {
        return abort(EINVALID_FORMAT);
    };
    let style = Style {
        type_tags: false,
        canonical: false,
        single_line: true,
        integer_types: false,
    };
    let (layout, value) = argument(frame, 1)?;
    let mut rest = (&layout, &value);
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => {
                characters.next();
                out.push(c);
            }
            ('{', Some('}')) => {
                characters.next();
                let Some((first, others)) = pair(rest) else {
                    return abort(EARGS_MISMATCH);
                };
                style.write(first.0, first.1, 0, &mut out);
                rest = others;
            }
            ('{' | '}', _) => return abort(EINVALID_FORMAT),
            _ => out.push(c),
        }
    }
    if !matches!(rest.0, Layout::Struct { tag, .. } if is(tag, MODULE, "NIL")) {
        return abort(EARGS_MISMATCH);
    }
    give(frame, &out)
}

type Part<'a> = (&'a Layout, &'a MoveValue);

/// First and others of a list that is not at its end.
fn pair<'a>((layout, value): Part<'a>) -> Option<(Part<'a>, Part<'a>)> {
    match (layout, value) {
        (Layout::Struct { tag, fields }, MoveValue::Struct(values)) if is(tag, MODULE, "Cons") => {
            match (fields.as_slice(), values.as_slice()) {
                ([(_, car), (_, cdr)], [first, others]) => Some(((car, first), (cdr, others))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a struct is `0x1::module::name`.
fn is(tag: &StructTag, module: &str, name: &str) -> bool {
    tag.module == ModuleId::new(Address::ONE, module) && tag.name == name
}

fn start_line(new_line: bool, depth: usize, out: &mut String) {
    out.push(if new_line { '\n' } else { ' ' });
    if new_line {
        out.extend(core::iter::repeat_n("  ", depth));
    }
}

/// Signed integers are given in two's complement of their width.
fn decimal(integer: Integer, bits: U256) -> String {
    let width = usize::from(integer.bits());
    if integer.is_signed() && bits.bit(width.saturating_sub(1)) {
        let size = U256::ONE.checked_shl(width).unwrap_or(U256::ZERO);
        format!("-{}", size.wrapping_sub(bits))
    } else {
        format!("{bits}")
    }
}

fn integer_name(integer: Integer) -> String {
    let sign = if integer.is_signed() { 'i' } else { 'u' };
    format!("{sign}{}", integer.bits())
}

impl Style {
    fn address(self, address: Address) -> String {
        if self.canonical {
            address.to_hex()
        } else {
            address.to_short_hex()
        }
    }

    fn write(self, layout: &Layout, value: &MoveValue, depth: usize, out: &mut String) {
        match (layout, value) {
            (_, MoveValue::Bool(value)) => out.push_str(if *value { "true" } else { "false" }),
            (_, MoveValue::Integer(integer, value)) => {
                out.push_str(&decimal(*integer, *value));
                if self.integer_types {
                    out.push_str(&integer_name(*integer));
                }
            }
            (_, MoveValue::Address(address)) => {
                out.push('@');
                out.push_str(&self.address(*address));
            }
            (_, MoveValue::Signer(address)) => {
                out.push_str(&format!("signer(@{})", self.address(*address)));
            }
            (_, MoveValue::Bytes(bytes)) => {
                out.push_str("0x");
                let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                let digits = bytes.iter();
                out.extend(digits.flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]));
            }
            (Layout::Vector(element), MoveValue::Vector(values)) => {
                out.push('[');
                let is_large = matches!(
                    **element,
                    Layout::Vector(_) | Layout::Struct { .. } | Layout::Enum { .. }
                );
                let parts = values.iter().map(|value| ("", &**element, value));
                self.write_all(parts, is_large && !self.single_line, depth, out);
                out.push(']');
            }
            (Layout::Struct { tag, fields }, MoveValue::Struct(values)) => {
                self.write_struct(tag, None, fields, values, depth, out);
            }
            (Layout::Enum { tag, variants }, MoveValue::Variant(number, values)) => {
                if let Some((name, fields)) = variants.get(usize::from(*number)) {
                    self.write_struct(tag, Some(name), fields, values, depth, out);
                }
            }
            (_, MoveValue::Function(function)) => {
                out.push_str(&format!("{}::{}", function.module, function.function));
            }
            _ => {}
        }
    }

    fn write_all<'a>(
        self,
        parts: impl Iterator<Item = (&'a str, &'a Layout, &'a MoveValue)>,
        new_lines: bool,
        depth: usize,
        out: &mut String,
    ) {
        let inner = depth.saturating_add(1);
        let mut is_empty = true;
        for (name, layout, value) in parts {
            if !is_empty {
                out.push(',');
            }
            is_empty = false;
            start_line(new_lines, inner, out);
            if !name.is_empty() {
                out.push_str(name);
                out.push_str(": ");
            }
            self.write(layout, value, inner, out);
        }
        if !is_empty {
            start_line(new_lines, depth, out);
        }
    }

    fn write_struct(
        self,
        tag: &StructTag,
        variant: Option<&str>,
        fields: &[(String, Layout)],
        values: &[MoveValue],
        depth: usize,
        out: &mut String,
    ) {
        if is(tag, "string", "String")
            && let [MoveValue::Bytes(bytes)] = values
        {
            out.push('"');
            for c in String::from_utf8_lossy(bytes).chars() {
                if matches!(c, '"' | '\\') {
                    out.push('\\');
                }
                out.push(c);
            }
            out.push('"');
            return;
        }
        if is(tag, "option", "Option")
            && let [(_, Layout::Vector(element))] = fields
        {
            let found = match values {
                [MoveValue::Vector(values)] => values.first().cloned(),
                [MoveValue::Bytes(bytes)] => bytes
                    .first()
                    .map(|byte| MoveValue::Integer(Integer::U8, U256::from(*byte))),
                _ => None,
            };
            match found {
                Some(value) => {
                    out.push_str("Some(");
                    self.write(element, &value, depth, out);
                    out.push(')');
                }
                None => out.push_str("None"),
            }
            return;
        }
        if self.type_tags {
            let tag = TypeTag::Struct(tag.clone().into());
            if self.canonical {
                out.push_str(&tag.to_canonical_string());
            } else {
                out.push_str(&format!("{tag}"));
            }
        } else {
            out.push_str(&tag.name);
        }
        if let Some(variant) = variant {
            out.push_str("::");
            out.push_str(variant);
        }
        out.push_str(" {");
        let parts = fields
            .iter()
            .zip(values)
            .map(|((name, layout), value)| (name.as_str(), layout, value));
        self.write_all(parts, !self.single_line, depth, out);
        out.push('}');
    }
}
