//! The text of the inputs, and positions in it.
//!
//! A [`Span`] always points into the file as the user wrote it. Spans are passed through all stages instead of copies of
//! the text.

use std::path::{Path, PathBuf};

/// One input file, by its place in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one input file; `start` is inside, `end` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The range from the start of this span to the end of `other`, which is in the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A value, and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A position as people count it: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// One input file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as messages show it, relative to the configuration file where it is below it.
    pub path: PathBuf,
    /// The text. Bytes that are not UTF-8 are replaced; `project` has reported them.
    pub text: String,
    line_starts: Vec<usize>,
}

impl SourceFile {
    /// The 1-based line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_of(offset) - 1;
        let start = self.line_starts[line];
        let column = self.text[start..offset.max(start)].chars().count();
        LineColumn { line: line + 1, column: column + 1 }
    }

    /// The 1-based line of a byte offset; an offset past the end is on the last.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// The text of a 1-based line, without its line end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts[line - 1];
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

/// All the input files of one run, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) -> FileId {
        // Editors do not count a byte order mark, so the first line begins after it.
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let line_starts =
            std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(SourceFile { path: path.into(), text, line_starts });
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"))
    }

    /// The file of that id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The path of the file that a span points into.
    pub fn path(&self, span: Span) -> &Path {
        &self.file(span.file).path
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start..span.end]
    }

    /// The first position of a span.
    pub fn start(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.start)
    }

    /// The line that a span begins on.
    pub fn line(&self, span: Span) -> usize {
        self.file(span.file).line_of(span.start)
    }

    /// The position after the last character of a span.
    pub fn end(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.end)
    }

    /// All files with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_an_offset_inside_one_is_its_start() {
        let mut sources = Sources::default();
        let file = sources.add("a.sql", "é = 'ü'\r\nselect 1\n".to_owned());
        let at = |offset| sources.file(file).line_column(offset);
        assert_eq!(at(0), LineColumn { line: 1, column: 1 });
        assert_eq!(at(1), LineColumn { line: 1, column: 1 });
        assert_eq!(at(2), LineColumn { line: 1, column: 2 });
        assert_eq!(at(11), LineColumn { line: 2, column: 1 });
        assert_eq!(at(999), LineColumn { line: 3, column: 1 });
        assert_eq!(sources.file(file).line(1), "é = 'ü'");
        assert_eq!(sources.file(file).line(3), "");
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        let mut sources = Sources::default();
        let file = sources.add("a.sql", "\u{feff}ab\nc".to_owned());
        let at = |offset| sources.file(file).line_column(offset);
        assert_eq!([at(0), at(3)], [LineColumn { line: 1, column: 1 }; 2]);
        assert_eq!(at(4), LineColumn { line: 1, column: 2 });
        assert_eq!(at(6), LineColumn { line: 2, column: 1 });
        assert_eq!(sources.file(file).line(1), "ab");
    }
}
