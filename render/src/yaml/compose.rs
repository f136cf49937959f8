//! Events into a tree, without recursion: a text may nest ten thousand deep.

use std::collections::HashMap;

use super::{
    Error,
    parser::{Event, Found, Parser},
    tree::{Id, Kind, Node, Tree},
};

/// How many nodes a document may have. Little text makes many of them, and each is some hundred
/// bytes of memory; the largest that anybody wrote have a tenth of it.
const MAX_NODES: usize = 750_000;

/// About how much text makes a node.
const BYTES_A_NODE: usize = 16;

/// A collection whose end has not been read.
struct Open {
    id: Id,
    last_child: Option<Id>,
}

/// Reads the first document. Its root is the first node; a text without a
/// document has none.
pub(super) fn compose(bytes: &[u8]) -> Result<Tree<'_>, Error> {
    let mut parser = Parser::new(bytes);
    let mut composer = Composer::default();
    // To grow would be to move it all, again and again; what is not needed is never touched.
    composer.nodes.reserve((bytes.len() / BYTES_A_NODE).min(MAX_NODES));
    loop {
        let Found { event, mark, anchor } = parser.next()?;
        let kind = match event {
            Event::DocumentStart => continue,
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::End => {
                composer.open.pop();
                continue;
            }
            Event::Alias(name) => {
                let Some(&id) = composer.anchors.get(name) else {
                    let message = format!("yaml: unknown anchor '{name}' referenced");
                    return Err(Error::new(message).at(mark.line + 1, mark.column + 1));
                };
                Kind::Alias(name, id)
            }
            Event::Scalar(scalar) => Kind::Scalar(scalar),
            Event::SequenceStart => Kind::Sequence(None),
            Event::MappingStart => Kind::Mapping(None),
        };
        if composer.nodes.len() == MAX_NODES {
            let message = format!("yaml: document has more than {MAX_NODES} nodes");
            return Err(Error::new(message).at(mark.line + 1, mark.column + 1));
        }
        composer.add(
            Node {
                kind,
                next: None,
                line: u32::try_from(mark.line).unwrap_or(u32::MAX),
                column: u32::try_from(mark.column).unwrap_or(u32::MAX),
            },
            anchor,
        );
    }
    Ok(Tree { nodes: composer.nodes })
}

/// The part of the tree that has been read.
#[derive(Default)]
struct Composer<'a> {
    nodes: Vec<Node<'a>>,
    open: Vec<Open>,
    anchors: HashMap<&'a str, Id>,
}

impl<'a> Composer<'a> {
    /// Adds a node to the collection that is open.
    fn add(&mut self, node: Node<'a>, anchor: Option<&'a str>) {
        let id = Id::try_from(self.nodes.len()).unwrap_or(Id::MAX);
        if let Some(name) = anchor {
            self.anchors.insert(name, id);
        }
        if let Some(parent) = self.open.last_mut() {
            let place = parent.last_child.unwrap_or(parent.id);
            let is_first = parent.last_child.replace(id).is_none();
            if let Some(before) = self.nodes.get_mut(usize::try_from(place).unwrap_or(usize::MAX)) {
                match &mut before.kind {
                    Kind::Sequence(first) | Kind::Mapping(first) if is_first => *first = Some(id),
                    _ => before.next = Some(id),
                }
            }
        }
        if matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_)) {
            self.open.push(Open { id, last_child: None });
        }
        self.nodes.push(node);
    }
}
