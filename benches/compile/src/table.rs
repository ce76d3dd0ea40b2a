//! The table of results, which is printed and written to a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A table that is filled line by line.
pub struct Table {
    path: PathBuf,
    text: String,
}

impl Table {
    pub fn new(path: &Path) -> Table {
        Table { path: path.to_owned(), text: String::new() }
    }

    /// Adds a line: prints it, and writes the table so far to the file.
    pub fn line(&mut self, line: &str) {
        println!("{}", line.trim_end());
        let _ = writeln!(self.text, "{}", line.trim_end());
        std::fs::write(&self.path, &self.text).expect("target can be written to");
    }

    /// Adds the heading of a part of the table.
    pub fn part(&mut self, title: &str, left: &str, right: &str) {
        self.line("");
        self.line(&format!(
            "{title:<44} {:>8} {left:>10} {right:>10} {:>7} {:>8}",
            "queries", "ratio", "at most"
        ));
    }

    /// Adds a comparison: two numbers and their ratio, which should be at most `most`.
    pub fn compare(&mut self, what: &str, queries: usize, left: f64, right: f64, most: Option<f64>) {
        let ratio = left / right;
        let most = most.map(|most| format!("{most:.2}{}", if ratio > most { " !" } else { "  " }));
        let (left, right, most) = (number(left), number(right), most.unwrap_or_default());
        self.line(&format!("{what:<44} {queries:>8} {left:>10} {right:>10} {ratio:>7.2} {most:>8}"));
    }

    /// Adds a single number, which should be at most `most`.
    pub fn alone(&mut self, what: &str, queries: usize, left: f64, most: Option<f64>) {
        let most = most.map(|most| format!("{}{}", number(most), if left > most { " !" } else { "  " }));
        let (left, most) = (number(left), most.unwrap_or_default());
        self.line(&format!("{what:<44} {queries:>8} {left:>10} {:>10} {:>7} {most:>8}", "", ""));
    }
}

/// A number with at least three digits.
fn number(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        10.0..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}
