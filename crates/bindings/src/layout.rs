//! Lines of code that fit a page: a list that is too long for its line gets a line for each item.

/// Columns of a page.
const WIDTH: usize = 120;

/// A piece of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// What stays together.
    Text(String),
    /// Items between brackets, with commas.
    List {
        open: &'static str,
        items: Vec<Vec<Piece>>,
        close: &'static str,
    },
}

/// A text.
pub(crate) fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

/// Items in round brackets.
pub(crate) fn list(items: impl IntoIterator<Item = Vec<Piece>>) -> Piece {
    Piece::List {
        open: "(",
        items: items.into_iter().collect(),
        close: ")",
    }
}

/// Texts in round brackets.
pub(crate) fn texts(items: impl IntoIterator<Item = String>) -> Piece {
    list(items.into_iter().map(|item| vec![text(item)]))
}

/// Fields in braces, with spaces.
pub(crate) fn fields(items: impl IntoIterator<Item = String>) -> Piece {
    Piece::List {
        open: "{ ",
        items: items.into_iter().map(|item| vec![text(item)]).collect(),
        close: " }",
    }
}

/// A statement in lines, each of which begins with so many spaces or more.
pub(crate) fn statement(pieces: &[Piece], indent: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut column = indent;
    write(pieces, indent, 0, &mut column, &mut out);
    out.push('\n');
    out
}

fn flat_width(pieces: &[Piece]) -> usize {
    let widths = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.chars().count(),
        Piece::List { open, items, close } => {
            let commas = items.len().saturating_sub(1).saturating_mul(2);
            let inner = items.iter().map(|item| flat_width(item));
            let brackets = open.len().saturating_add(close.len());
            inner.fold(commas.saturating_add(brackets), usize::saturating_add)
        }
    });
    widths.fold(0, usize::saturating_add)
}

/// Writes pieces that `after` more columns follow on the last line.
fn write(pieces: &[Piece], indent: usize, after: usize, column: &mut usize, out: &mut String) {
    let mut put = |text: &str, column: &mut usize| {
        out.push_str(text);
        *column = column.saturating_add(text.chars().count());
    };
    let Some((first, rest)) = pieces.split_first() else {
        return;
    };
    match first {
        Piece::Text(text) => put(text, column),
        Piece::List { open, items, close } => {
            let needed = flat_width(pieces).saturating_add(after);
            let fits = column.saturating_add(needed) <= WIDTH || items.is_empty();
            put(if fits { open } else { open.trim_end() }, column);
            let inner = indent.saturating_add(4);
            let last = items.len().saturating_sub(1);
            for (number, item) in items.iter().enumerate() {
                if !fits {
                    out.push('\n');
                    out.push_str(&" ".repeat(inner));
                    *column = inner;
                }
                let room = if fits { 0 } else { 1 };
                write(item, inner, room, column, out);
                if number < last {
                    let comma = if fits { ", " } else { "," };
                    out.push_str(comma);
                    *column = column.saturating_add(comma.len());
                }
            }
            if !fits {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                *column = indent;
            }
            let close = if fits { close } else { close.trim_start() };
            out.push_str(close);
            *column = column.saturating_add(close.len());
        }
    }
    write(rest, indent, after, column, out);
}

/// A doc comment of lines that are no longer than a page.
pub(crate) fn doc(comment: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let room = WIDTH.saturating_sub(indent).saturating_sub(4);
    let mut out = String::new();
    for line in comment.trim().lines() {
        let line = line.trim();
        if line.is_empty() {
            out.push_str(&format!("{margin}///\n"));
        }
        let mut short = String::new();
        for word in line.split_whitespace() {
            let width = short.chars().count().saturating_add(word.chars().count());
            if !short.is_empty() && width >= room {
                out.push_str(&format!("{margin}/// {short}\n"));
                short.clear();
            }
            if !short.is_empty() {
                short.push(' ');
            }
            short.push_str(word);
        }
        if !short.is_empty() {
            out.push_str(&format!("{margin}/// {short}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_on_its_line() {
        let call = [text("f"), texts(["a".into(), "b".into()]), text(";")];
        assert_eq!(statement(&call, 4), "    f(a, b);\n");
        assert_eq!(statement(&[text("f"), texts([])], 0), "f()\n");
        let pair = [text("let p = Pair "), fields(["a".into()]), text(";")];
        assert_eq!(statement(&pair, 0), "let p = Pair { a };\n");
    }

    #[test]
    fn what_does_not_fit_gets_a_line_for_each_item() {
        let long = "x".repeat(70);
        let inner = vec![text("g"), texts([long.clone(), long.clone()])];
        let call = [text("f"), list([inner, vec![text("c")]]), text(";")];
        let expected = format!("f(\n    g(\n        {long},\n        {long}\n    ),\n    c\n);\n");
        assert_eq!(statement(&call, 0), expected);
    }

    #[test]
    fn what_follows_a_list_counts() {
        let call = [
            text("f"),
            texts(["x".repeat(100)]),
            text(" returns (something);"),
        ];
        assert_eq!(statement(&call, 0).lines().count(), 3);
    }

    #[test]
    fn comments_are_broken_between_words() {
        let comment = format!("{}\n\nend", "word ".repeat(40));
        let lines = doc(&comment, 4);
        assert!(lines.lines().all(|line| line.len() <= WIDTH), "{lines}");
        assert_eq!(lines.lines().count(), 4, "{lines}");
        assert!(lines.ends_with("    ///\n    /// end\n"), "{lines}");
    }
}
