//! Where in a text of YAML a value is written.

use super::{
    compose::compose,
    tree::{Id, Kind, Node, Tree},
};

/// Returns the line and the column, from one, in which the value at `path` is written in the
/// first document: its key in a mapping, itself in a sequence. A key that is merged in or reached
/// through an alias is not found.
pub(crate) fn find(text: &[u8], path: &[String]) -> Option<(usize, usize)> {
    let tree = compose(text).ok()?;
    let (mut node, mut shown) = (0, 0);
    for part in path {
        (shown, node) = match tree.node(node)?.kind {
            Kind::Mapping(first) => entry(&tree, first, part)?,
            Kind::Sequence(first) => {
                let item = children(&tree, first).nth(part.parse().ok()?)?;
                (item, item)
            }
            Kind::Scalar(_) | Kind::Alias(..) => return None,
        };
    }
    let Node { line, column, .. } = tree.node(shown)?;
    Some((usize::try_from(*line).ok()? + 1, usize::try_from(*column).ok()? + 1))
}

/// The key and the value of the last entry of that name, which is the one that counts.
fn entry(tree: &Tree<'_>, first: Option<Id>, name: &str) -> Option<(Id, Id)> {
    let keys = children(tree, first).step_by(2);
    let is_it = |key: &Id| {
        tree.node(*key)
            .is_some_and(|node| matches!(&node.kind, Kind::Scalar(scalar) if scalar.text == name))
    };
    let key = keys.filter(is_it).last()?;
    Some((key, tree.next(key)?))
}

fn children(tree: &Tree<'_>, first: Option<Id>) -> impl Iterator<Item = Id> {
    std::iter::successors(first, |id| tree.next(*id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &[&str]) -> Option<(usize, usize)> {
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        find(text.as_bytes(), &path)
    }

    #[test]
    fn a_value_is_where_its_key_is_or_where_it_begins_in_a_list() {
        let text = "# one\na: 1\nb:\n  c:\n    - x: 1\n    - y: 2\n  c2: {d: 3}\na: 4\n";
        assert_eq!(at(text, &["a"]), Some((8, 1)), "the later of two counts");
        assert_eq!(at(text, &["b", "c", "1", "y"]), Some((6, 7)));
        assert_eq!(at(text, &["b", "c", "0"]), Some((5, 7)));
        assert_eq!(at(text, &["b", "c2", "d"]), Some((7, 8)));
        assert_eq!(at(text, &["b", "none"]), None);
        assert_eq!(at("", &["a"]), None);
        assert_eq!(at("a: [", &["a"]), None);
    }
}
