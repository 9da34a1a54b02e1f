//! Which series lies under which.

/// The place of a series in a [`Tree`]: its number in the list that the tree was made from.
pub type Node = usize;

/// What a series is of the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of its parts.
    Known,
    /// What belongs to it and to no part that is known: a stratum of its own, never dropped.
    Unknown,
}

/// Series above and below each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    parents: Vec<Option<Node>>,
    parts: Vec<Part>,
    children: Vec<Vec<Node>>,
    /// Every series after the one above it.
    order: Vec<Node>,
}

/// Why series do not make a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A series lies under one that is not in the list.
    #[error("series {node} lies under {parent}, which is not in the list")]
    NoParent {
        /// The series.
        node: Node,
        /// What it is said to lie under.
        parent: Node,
    },
    /// A series lies, over some others, under itself.
    #[error("series {0} lies under itself")]
    Circle(Node),
    /// A series has two parts of unknown part.
    #[error("series {0} has more than one unknown part; join them")]
    TwoUnknown(Node),
}

impl Tree {
    /// Makes a tree of the series above each, none for those at the top.
    ///
    /// # Errors
    /// [`TreeError`].
    pub fn new(series: &[(Option<Node>, Part)]) -> Result<Self, TreeError> {
        let mut children = vec![vec![]; series.len()];
        for (node, &(parent, part)) in series.iter().enumerate() {
            let Some(parent) = parent else { continue };
            let siblings: &mut Vec<Node> =
                children.get_mut(parent).ok_or(TreeError::NoParent { node, parent })?;
            if part == Part::Unknown && siblings.iter().any(|&sibling| series[sibling].1 == Part::Unknown) {
                return Err(TreeError::TwoUnknown(parent));
            }
            siblings.push(node);
        }
        let mut order: Vec<Node> = (0..series.len()).filter(|&node| series[node].0.is_none()).collect();
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            order.extend(&children[node]);
            at += 1;
        }
        if order.len() < series.len() {
            let mut reached = vec![false; series.len()];
            order.iter().for_each(|&node| reached[node] = true);
            return Err(TreeError::Circle(reached.iter().position(|reached| !reached).unwrap_or(0)));
        }
        let (parents, parts) = series.iter().copied().unzip();
        Ok(Self { parents, parts, children, order })
    }

    /// How many series there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The series above.
    #[must_use]
    pub fn parent(&self, node: Node) -> Option<Node> {
        self.parents[node]
    }

    /// What the series is of the one above.
    #[must_use]
    pub fn part(&self, node: Node) -> Part {
        self.parts[node]
    }

    /// The series below.
    #[must_use]
    pub fn children(&self, node: Node) -> &[Node] {
        &self.children[node]
    }

    /// Every series after the one above it.
    #[must_use]
    pub fn downwards(&self) -> &[Node] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tree_is_told() {
        let known = |parent| (parent, Part::Known);
        let tree =
            Tree::new(&[known(Some(2)), known(Some(0)), known(None), (Some(2), Part::Unknown)]).unwrap();
        assert_eq!((tree.downwards(), tree.children(2)), ([2, 0, 3, 1].as_slice(), [0, 3].as_slice()));
        assert_eq!(Tree::new(&[known(Some(1)), known(Some(0))]), Err(TreeError::Circle(0)));
        let two = [known(None), (Some(0), Part::Unknown), (Some(0), Part::Unknown)];
        assert_eq!(Tree::new(&two), Err(TreeError::TwoUnknown(0)));
        assert_eq!(Tree::new(&[known(Some(5))]), Err(TreeError::NoParent { node: 0, parent: 5 }));
    }
}
