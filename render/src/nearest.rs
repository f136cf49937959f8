//! The name that was probably meant by one that is not known.

/// How like a name another must be to be suggested: one change for three letters.
const LETTERS: usize = 3;

/// Returns the name that is most like another, if one is like enough.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let far = |known: &str| {
        let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
        (distance, known.to_owned())
    };
    let limit = name.chars().count().div_ceil(LETTERS);
    let (distance, found) = known.filter(|known| *known != name).map(far).min()?;
    (distance <= limit).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_like_enough_is_meant() {
        let known = ["toYaml", "toJson", "quote", "squote", "include"];
        let nearest = |name| nearest(name, known.into_iter());
        assert_eq!(nearest("toYml").as_deref(), Some("toYaml"));
        assert_eq!(nearest("toyaml").as_deref(), Some("toYaml"));
        assert_eq!(nearest("inlcude").as_deref(), Some("include"));
        assert_eq!(nearest("nosuch"), None);
    }
}
