//! Arguments as they are written on a command line: a word, or a list `[a, "b, c", [d]]` of them.

use anyhow::bail;
use serde_json::Value as Json;

/// Lists in each other.
const DEPTH_MAX: usize = 16;

/// An argument before its type is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Word(String),
    List(Vec<Value>),
}

impl Value {
    /// Reads a list.
    pub(crate) fn list(text: &str) -> anyhow::Result<Self> {
        let mut rest = text.trim();
        let value = read(&mut rest, DEPTH_MAX)?;
        if !rest.trim().is_empty() {
            bail!("there is something after the list: {}", rest.trim());
        }
        Ok(value)
    }

    /// What a JSON value is.
    pub(crate) fn of_json(json: &Json) -> anyhow::Result<Self> {
        Ok(match json {
            Json::String(text) => Self::Word(text.clone()),
            Json::Bool(_) | Json::Number(_) => Self::Word(json.to_string()),
            Json::Array(items) => {
                Self::List(items.iter().map(Self::of_json).collect::<Result<_, _>>()?)
            }
            Json::Null | Json::Object(_) => bail!("{json} is no argument"),
        })
    }
}

fn read(rest: &mut &str, depth: usize) -> anyhow::Result<Value> {
    let Some(depth) = depth.checked_sub(1) else {
        bail!("there are more than {DEPTH_MAX} lists in each other");
    };
    *rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('[') {
        *rest = inner;
        return read_items(rest, depth);
    }
    if rest.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let Some(Ok(text)) = texts.next() else {
            bail!("a text in quotes does not end, or has bad escapes: {rest}");
        };
        let end = texts.byte_offset();
        *rest = rest.get(end..).unwrap_or_default();
        return Ok(Value::Word(text));
    }
    let end = rest.find([',', '[', ']']).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let word = word.trim_end();
    if word.is_empty() {
        bail!("an element of the list is missing");
    }
    *rest = after;
    Ok(Value::Word(word.to_owned()))
}

fn read_items(rest: &mut &str, depth: usize) -> anyhow::Result<Value> {
    let mut items = Vec::new();
    loop {
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(']') {
            *rest = after;
            return Ok(Value::List(items));
        }
        if !items.is_empty() {
            let Some(after) = rest.strip_prefix(',') else {
                bail!("a list does not end with ]");
            };
            *rest = after;
        } else if rest.is_empty() {
            bail!("a list does not end with ]");
        }
        items.push(read(rest, depth)?);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn word(text: &str) -> Value {
        Value::Word(text.into())
    }

    #[test]
    fn lists_are_json_or_plain() {
        assert_eq!(Value::list("[]").unwrap(), Value::List(vec![]));
        let expected = Value::List(vec![word("1"), word("0x2"), word("a, b]"), word("é\"")]);
        let text = r#" [1, 0x2 ,"a, b]", "\u00e9\""] "#;
        assert_eq!(Value::list(text).unwrap(), expected);
        let nested = Value::List(vec![Value::List(vec![word("1")]), Value::List(vec![])]);
        assert_eq!(Value::list("[[1],[ ]]").unwrap(), nested);
        let json = serde_json::json!([[1], []]);
        assert_eq!(Value::of_json(&json).unwrap(), nested);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (text, why) in [
            ("[1", "does not end"),
            ("[", "does not end"),
            ("[1 [2]]", "does not end"),
            ("[1,]", "missing"),
            ("[,1]", "missing"),
            ("[\"a]", "in quotes"),
            ("[1] 2", "after the list"),
            (&"[".repeat(100), "in each other"),
        ] {
            let error = Value::list(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
