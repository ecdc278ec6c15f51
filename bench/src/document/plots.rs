//! Plots of results, as SVG.

use super::records::Results;
use anyhow::{Result, anyhow};
use plotters::prelude::{
    ChartBuilder, IntoDrawingArea as _, IntoFont as _, LineSeries, PathElement, Rectangle,
    SVGBackend, SeriesLabelPosition, Text,
};
use plotters::style::{BLACK, Color as _, Palette, Palette99, RGBColor, WHITE};

const WIDTH: u32 = 860;
/// Height of a bar, with the space to the next.
const BAR: u32 = 22;
const FONT: &str = "sans-serif";
/// Colours of lines, each dark enough for a thin one on white.
const LINES: [RGBColor; 7] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 39, 40),
    RGBColor(44, 160, 44),
    RGBColor(148, 103, 189),
    RGBColor(255, 127, 14),
    RGBColor(23, 150, 165),
    RGBColor(120, 80, 70),
];

/// A plot of a suite.
pub(super) struct Plot {
    pub(super) suite: &'static str,
    /// Its file's name.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    kind: Kind,
}

enum Kind {
    /// A bar for each case and subject.
    Bars(&'static str),
    /// A line for each case whose name ends so, over the number of threads.
    Lines(&'static str),
}

/// All plots.
pub(super) const PLOTS: [Plot; 9] = [
    bars(
        "executor",
        "executor",
        "EVM on one thread: CPU µs for each transaction",
        "cpu_us_per_tx",
    ),
    bars(
        "move",
        "move",
        "Move on one thread: CPU µs for each transaction",
        "cpu_us_per_tx",
    ),
    bars(
        "svm",
        "svm",
        "Solana on one thread: CPU µs for each transaction",
        "cpu_us_per_tx",
    ),
    bars(
        "parallel",
        "parallel",
        "In order and on two threads: transactions a second",
        "tx_per_s",
    ),
    lines(
        "speedups-10000",
        "Simulated speed-up by threads, 10,000 accounts, blocks of 1,000",
        "-10000-accounts-blocks-of-1000",
    ),
    lines(
        "speedups-100",
        "Simulated speed-up by threads, 100 accounts, blocks of 1,000",
        "-100-accounts-blocks-of-1000",
    ),
    bars(
        "block",
        "block",
        "Blocks with root and durable commit: transactions a second",
        "tx_per_s",
    ),
    bars(
        "rpc",
        "rpc-throughput",
        "Over RPC: transactions a second",
        "tx_per_s",
    ),
    bars(
        "rpc",
        "rpc-cpu",
        "Over RPC: the server's CPU µs for each transaction",
        "cpu_us_per_tx",
    ),
];

const fn bars(
    suite: &'static str,
    name: &'static str,
    title: &'static str,
    field: &'static str,
) -> Plot {
    Plot {
        suite,
        name,
        title,
        kind: Kind::Bars(field),
    }
}

const fn lines(name: &'static str, title: &'static str, cases: &'static str) -> Plot {
    Plot {
        suite: "simulate",
        name,
        title,
        kind: Kind::Lines(cases),
    }
}

impl Plot {
    /// The plot, if there is anything to show.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub(super) fn draw(&self, results: &Results) -> Result<Option<String>> {
        let mut svg = String::new();
        let drawn = match self.kind {
            Kind::Bars(field) => self.draw_bars(results, field, &mut svg),
            Kind::Lines(cases) => self.draw_lines(results, cases, &mut svg),
        };
        let is_drawn = drawn.map_err(|error| anyhow!("{}: {error}", self.name))?;
        Ok(is_drawn.then_some(svg))
    }

    fn draw_bars(&self, results: &Results, field: &str, svg: &mut String) -> Drawn {
        let subjects = results.subjects(self.suite);
        let bars = subjects.iter().filter_map(|(case, subject)| {
            let value = results.median(self.suite, case, subject, field)?;
            Some((*case, *subject, value))
        });
        let bars: Vec<_> = bars.collect();
        let most = bars.iter().map(|bar| bar.2).fold(0.0, f64::max);
        if most <= 0.0 {
            return Ok(false);
        }
        let mut names: Vec<&str> = Vec::new();
        for (_, subject, _) in &bars {
            if !names.contains(subject) {
                names.push(subject);
            }
        }
        let count = u32::try_from(bars.len())?;
        let height = count * BAR + 50;
        let area = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        area.draw(&Text::new(self.title, (10, 10), (FONT, 21).into_font()))?;
        let left = 330;
        let scale = f64::from(WIDTH - 330 - 90) / most;
        for (place, (case, subject, value)) in (0_i32..).zip(&bars) {
            let top = 40 + place * i32::try_from(BAR)?;
            let number = names.iter().position(|it| it == subject).unwrap_or(0);
            #[allow(clippy::cast_possible_truncation, reason = "within the plot")]
            let right = left + (value * scale).round() as i32;
            let colour = Palette99::pick(number).mix(0.75).filled();
            area.draw(&Rectangle::new([(left, top), (right, top + 16)], colour))?;
            let label = format!("{case}, {subject}");
            area.draw(&Text::new(label, (10, top + 2), (FONT, 16).into_font()))?;
            let value = super::show::number(*value);
            area.draw(&Text::new(
                value,
                (right + 6, top + 2),
                (FONT, 16).into_font(),
            ))?;
        }
        area.present()?;
        drop(area);
        Ok(true)
    }

    fn draw_lines(&self, results: &Results, cases: &str, svg: &mut String) -> Drawn {
        let mut lines: Vec<(&str, Vec<(f64, f64)>)> = Vec::new();
        for record in results.of(self.suite) {
            let (Some(case), Some(threads), Some(speedup)) = (
                record.text("case").strip_suffix(cases),
                record.number("threads"),
                record.number("speedup"),
            ) else {
                continue;
            };
            if !record.is_simulated() || threads <= 2.0 {
                continue;
            }
            match lines.iter_mut().find(|(of, _)| *of == case) {
                Some((_, points)) => points.push((threads, speedup)),
                None => lines.push((case, vec![(1.0, 1.0), (threads, speedup)])),
            }
        }
        let points = || lines.iter().flat_map(|(_, points)| points);
        let most = points().map(|point| point.1).fold(0.0, f64::max);
        let threads = points().map(|point| point.0).fold(0.0, f64::max);
        if most <= 0.0 {
            return Ok(false);
        }
        let area = SVGBackend::with_string(svg, (WIDTH, 560)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, (FONT, 21))
            .margin(12)
            .x_label_area_size(34)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..threads.log2(), 0.0..most * 1.1)?;
        chart
            .configure_mesh()
            .x_desc("threads")
            // A thread, two, four: each step on the axis is twice as many.
            .x_labels(6)
            .x_label_formatter(&|log| format!("{:.0}", log.exp2()))
            .label_style((FONT, 15))
            .y_desc("times as fast as in order")
            .draw()?;
        for (number, (case, points)) in lines.iter().enumerate() {
            let points = points
                .iter()
                .map(|(threads, speedup)| (threads.log2(), *speedup));
            let colour = LINES.get(number % LINES.len()).copied().unwrap_or(BLACK);
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
                .label(*case)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
        }
        chart
            .configure_series_labels()
            .label_font((FONT, 15))
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        area.present()?;
        drop(chart);
        drop(area);
        Ok(true)
    }
}

type Drawn = Result<bool, Box<dyn std::error::Error>>;
