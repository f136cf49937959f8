//! Tables as Helm prints them: cells padded to their column, joined by tabs (gosuri/uitable).

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

use super::Style;
use crate::failure::harmless;

/// Rows of cells, each perhaps painted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    /// How wide a column may be; 0 is as wide as it likes.
    widest: usize,
}

#[derive(Debug)]
struct Cell {
    text: String,
    paint: Option<fn(Style, &str) -> String>,
}

impl Table {
    /// Returns a table whose columns are at most that wide; 0 is no limit.
    pub(crate) fn limited(widest: usize) -> Self {
        Self { rows: Vec::new(), widest }
    }

    /// Starts the next row.
    pub(crate) fn row(&mut self) -> Row<'_> {
        self.rows.push(Vec::new());
        Row { cells: self.rows.last_mut() }
    }

    /// Adds a row of plain cells.
    pub(crate) fn add<const N: usize>(&mut self, cells: [&str; N]) {
        let mut row = self.row();
        for cell in cells {
            row = row.cell(cell);
        }
    }

    /// Returns the table as text, without a line end after the last row.
    pub(crate) fn to_text(&self, style: Style) -> String {
        let widths = self.widths();
        let rows: Vec<String> = self.rows.iter().map(|row| lines(row, &widths, style)).collect();
        rows.join("\n")
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                let widest = cell.text.split('\n').map(width_of).max().unwrap_or(0);
                *width = (*width).max(widest);
            }
        }
        if self.widest > 0 {
            for width in &mut widths {
                *width = self.widest.min(*width);
            }
        }
        widths
    }
}

/// A row in the making.
#[derive(Debug)]
pub(crate) struct Row<'t> {
    cells: Option<&'t mut Vec<Cell>>,
}

impl Row<'_> {
    /// Adds a cell.
    pub(crate) fn cell(self, text: impl Into<String>) -> Self {
        self.push(Cell { text: text.into(), paint: None })
    }

    /// Adds a cell that has a look.
    pub(crate) fn painted(self, text: &str, paint: fn(Style, &str) -> String) -> Self {
        self.push(Cell { text: text.to_owned(), paint: Some(paint) })
    }

    /// Takes a cell, whose text may be a stranger's: a repository's, a chart's.
    fn push(mut self, mut cell: Cell) -> Self {
        cell.text = harmless(&cell.text);
        if let Some(cells) = &mut self.cells {
            cells.push(cell);
        }
        self
    }
}

/// The lines of one row. Padding counts what is seen, so that colour does not shift columns.
fn lines(row: &[Cell], widths: &[usize], style: Style) -> String {
    let cells: Vec<(Vec<String>, usize, &Cell)> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            (fitted(&cell.text, *width).split('\n').map(str::to_owned).collect(), *width, cell)
        })
        .collect();
    let height = cells.iter().map(|(lines, ..)| lines.len()).max().unwrap_or(0);
    let line = |at: usize| {
        let parts: Vec<String> = cells
            .iter()
            .map(|(lines, width, cell)| {
                let text = lines.get(at).map_or("", String::as_str);
                // A column whose cells are all empty is one space wide below a first line.
                let least = usize::from(lines.len() <= at);
                let padding = width.max(&least).saturating_sub(width_of(text));
                let painted =
                    cell.paint.map_or_else(|| text.to_owned(), |paint| paint(style, text));
                format!("{painted}{}", " ".repeat(padding))
            })
            .collect();
        parts.join("\t")
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

/// Cuts what is wider than its column (uitable's `strutil.Resize`): one character stays at least,
/// and all lines of a text count together.
fn fitted(text: &str, width: usize) -> String {
    if width == 0 || width_of(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(3);
    let (mut kept, mut used) = (String::new(), 0);
    for c in text.chars() {
        kept.push(c);
        used += c.width().unwrap_or(0);
        if used >= room {
            break;
        }
    }
    format!("{kept}...")
}

/// Columns that a text takes; a line end takes none.
fn width_of(text: &str) -> usize {
    text.split('\n').map(UnicodeWidthStr::width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_padded_to_their_column_the_last_too() {
        let mut table = Table::default();
        table.add(["NAME", "APP VERSION"]);
        table.add(["web-server", "1.16.0"]);
        assert_eq!(table.to_text(Style::Plain), "NAME      \tAPP VERSION\nweb-server\t1.16.0     ");
    }

    /// uitable's own arithmetic: the width is that of the longest line, the text is measured whole.
    #[test]
    fn a_text_of_several_lines_is_cut_as_uitable_cuts_it() {
        let mut table = Table::default();
        table.add(["1", "failed: because\nof this"]);
        assert_eq!(table.to_text(Style::Plain), "1\tfailed: beca...");
    }

    // Expected: Helm 4.3.1's `search repo --max-col-width`.
    #[test]
    fn a_column_is_cut_where_it_is_too_wide() {
        let shown = |widest| {
            let mut table = Table::limited(widest);
            table.add(["NAME", "APP VERSION", "DESCRIPTION"]);
            table.add(["t/a", "", "0123456789 é23456789 世界 01"]);
            table.to_text(Style::Plain)
        };
        assert_eq!(shown(10), "NAME\tAPP VER...\tDESCRIP...\nt/a \t          \t0123456...");
        assert_eq!(shown(2), "N...\tA...\tD...\nt...\t  \t0...");
        assert!(shown(25).ends_with("0123456789 é23456789 世..."));
    }

    #[test]
    fn colour_does_not_shift_columns() {
        let mut table = Table::default();
        table.row().painted("NAME", Style::header).cell("X");
        table.row().cell("webs").cell("y");
        assert_eq!(table.to_text(Style::Coloured), "\u{1b}[1mNAME\u{1b}[0m\tX\nwebs\ty");
    }
}
