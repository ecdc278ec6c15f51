//! Diagnostics as text, with the lines that they are about.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Severity, Sources, Span};

/// Draws a diagnostic like rustc's: the message, the lines, a caret, and what to do.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, colours: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut places: Vec<(Span, &str, bool)> =
        vec![(diagnostic.primary.0, &diagnostic.primary.1, true)];
    places.extend(
        diagnostic
            .secondary
            .iter()
            .map(|(span, text)| (*span, text.as_str(), false)),
    );
    let mut files = Vec::new();
    for (span, ..) in &places {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    for file in files {
        let Some(source) = sources.get(file) else {
            continue;
        };
        let mut snippet = Snippet::source(&*source.text).path(source.path.display().to_string());
        for (span, text, primary) in places.iter().filter(|(span, ..)| span.file == file) {
            let kind = match primary {
                true => AnnotationKind::Primary,
                false => AnnotationKind::Context,
            };
            let mut annotation = kind.span(range(*span, source.text.len()));
            if !text.is_empty() {
                annotation = annotation.label(*text);
            }
            snippet = snippet.annotation(annotation);
        }
        group = group.element(snippet);
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group]).to_string()
}

fn range(span: Span, length: usize) -> std::ops::Range<usize> {
    let start = (span.start as usize).min(length);
    start..(span.end as usize).clamp(start, length)
}
