//! TOML as `BurntSushi/toml` 1.6.0 reads and writes it: the library that Helm 4.3.1 has.
//!
//! A text goes through the [`lexer`], which cuts it into items and knows the lines, and the
//! [`parser`], which knows what a key already is. Both say what is wrong in the library's words, in
//! the order in which it finds it: the items are drawn one by one.

mod escapes;
mod key;
mod lexer;
mod parser;
mod scalars;
mod tables;
mod write;

pub(super) use self::{
    parser::{Unread, read},
    write::write,
};

#[cfg(test)]
mod tests {
    use super::{Unread, read};

    fn refusal(document: &str) -> String {
        match read(document.as_bytes(), &mut |_| Ok(None)) {
            Err(Unread::Wrong(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    /// Helm reads these until its stack or its patience is used up.
    #[test]
    fn nothing_nests_without_end() {
        let deep = |piece: &str| piece.repeat(100_000);
        for document in [
            format!("a={}", deep("[")),
            format!("a={}", deep("{a=")),
            format!("a={}", deep("[{a=")),
            format!("{}a=1", deep("a.")),
            format!("a={{{}a=1}}", deep("a.")),
            format!("[{}a]", deep("a.")),
            format!("[[{}a]]", deep("a.")),
        ] {
            assert_eq!(refusal(&document), "toml: line 1: nests more than 1000 levels deep");
        }
        assert_eq!(
            refusal(&format!("a=1\n[b]\nc={}", deep("[\n"))),
            "toml: line 1002: nests more than 1000 levels deep"
        );
    }

    #[test]
    fn a_thousand_levels_are_read() {
        let many = |piece: &str| piece.repeat(999);
        for document in [
            format!("a={}{}", many("["), many("]")),
            format!("a={}1{}", many("{a="), many("}")),
            format!("{}a=1", many("a.")),
            format!("[{}a]\nb=1", many("a.")),
        ] {
            assert!(read(document.as_bytes(), &mut |_| Ok(None)).is_ok(), "{document}");
        }
    }

    /// Each of these takes the library time that grows with the square of what is there.
    #[test]
    fn a_long_document_is_read_in_a_pass() {
        let deep = "a.".repeat(400);
        let keys = |before: &str, count: usize| {
            (0..count).map(|at| [before, "b", &at.to_string(), "=1\n"].concat()).collect::<String>()
        };
        for document in [
            "[[a]]\n".repeat(50_000),
            format!("a=[{}]", "{},".repeat(50_000)),
            keys(&deep, 300),
            format!("[{deep}a]\n{}", keys("", 20_000)),
            format!("a=\"\"\"{}\"\"\"", "\\\n \\\\".repeat(50_000)),
        ] {
            assert!(read(document.as_bytes(), &mut |_| Ok(None)).is_ok(), "{document:.80}");
        }
    }
}
