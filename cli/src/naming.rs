//! How a new release gets its name when nobody says it.

mod lists;

use applier::{Address, ClusterError, Depth, Kind, Resource, Scope as KindScope};
use render::{Vocabulary, run_alone, tape::Tape};
use serde_json::Value;

use self::lists::{ANIMALS, MANNERS};
use crate::{
    failure::Failure,
    options::{DryRun, ReadOptions, Spelling, Switch, generated, nameless},
    releases::{Releases, Scope, is_release_name},
    session::Session,
    sources::System,
    words::Words,
    work::{Asking, Work},
};

/// So many names of two words are tried before a third word is added.
const TRIES: usize = 64;

/// Returns the name that Helm makes up from the chart's place and the time.
pub(crate) fn generated_now(chart: &str) -> String {
    generated(chart, jiff::Timestamp::now().as_second())
}

/// Returns the name that a template makes.
pub(crate) fn from_template(template: &str) -> Result<String, Failure> {
    let tape = Tape::recording(Box::new(System));
    run_alone("name-template", template, &Value::Null, Vocabulary::Sprig(tape))
        .map_err(|error| Failure::from_error(&error))
}

/// What Helm says of a word that is no name for a release.
pub(crate) fn refused(name: &str) -> Failure {
    Failure::new(format_args!(
        "release name check failed: release name {name:?}: invalid release name, must match regex \
         ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must \
         not be longer than 53"
    ))
}

/// Returns the name of a release that an install was given none for, where Helm 2's words are
/// taken: the value of `-n`, which was the release's name there, or two words of our own.
///
/// `install $NAME ./c -n prod` with an empty variable must go on failing: where there is a
/// namespace of that name, or nobody can tell, `-n` is the namespace and the name is missing.
///
/// # Errors
///
/// Helm 4's message, with a hint that says what the line lacks.
pub(crate) fn guessed(
    chart: &str,
    dry_run: DryRun,
    session: &mut Session,
) -> Result<String, Failure> {
    let program = session.settings.program;
    let plain =
        format!("write `{program} install NAME {chart}`, or `{program} install -g {chart}`");
    if Words::chosen(&session.settings)? == Words::Helm4 {
        return Err(nameless().with_hint(format!(
            "{plain}; where `{program} init` was run, Helm 2's words are taken, too"
        )));
    }
    match session.settings.cluster.namespace_by {
        Spelling::Absent => made_up(dry_run, session),
        Spelling::Letter => named_by_letter(&plain, session),
        Spelling::Word => {
            Err(nameless()
                .with_hint(format!("{plain}: beside --namespace no name is made up unasked")))
        }
    }
}

fn named_by_letter(plain: &str, session: &mut Session) -> Result<String, Failure> {
    let name = session.settings.cluster.namespace.clone();
    let refused = |why: &str| Err(nameless().with_hint(format!("{plain}: -n {name} {why}")));
    if !is_release_name(&name) {
        return refused("can be no release's name");
    }
    let mut work = Work::to_read(session, Asking::Cluster)
        .map_err(|failure| failure.unreachable("cluster reachability check failed"))?;
    match work.run(async |world| Ok(namespace(world.cluster, &name).await))? {
        Err(ClusterError::NotFound { .. }) => {}
        Ok(()) => return refused("is a namespace here, and may be meant as one"),
        Err(_) => return refused("may be a namespace, and nobody can tell whether it is there"),
    }
    let taken = session.settings.cluster.take_namespace_flag();
    let namespace = session.namespace();
    session.ui.inform(&format!(
        "-n {taken} is taken for the release's name, as in Helm 2; its namespace is {namespace}"
    ));
    Ok(taken)
}

/// Reads a namespace, to see whether it is there.
async fn namespace(cluster: &impl applier::Cluster, name: &str) -> Result<(), ClusterError> {
    let resource = Resource {
        kind: Kind::new("v1", "Namespace"),
        plural: "namespaces".to_owned(),
        scope: KindScope::Cluster,
        verbs: Vec::new(),
    };
    let address = Address { resource: &resource, namespace: None, name };
    cluster.get(&address, Depth::Metadata).await.map(drop)
}

/// Makes a name up that no release of the namespace bears or has borne; a dry run that asks no
/// cluster cannot know them.
fn made_up(dry_run: DryRun, session: &mut Session) -> Result<String, Failure> {
    let mut borne = Vec::new();
    if dry_run != DryRun::Client {
        let options = ReadOptions { offline: Switch::Off, deleted: Switch::On };
        let scope = Scope::Namespace(session.namespace());
        let known = Releases::open(session, options).and_then(|mut it| it.newest(&scope));
        let known =
            known.map_err(|failure| failure.unreachable("cluster reachability check failed"))?;
        borne.extend(known.into_iter().map(|it| it.name));
    }
    free(&borne, drawn)
}

/// Returns the first name that is not borne.
fn free(
    borne: &[String],
    mut draw: impl FnMut(&[&'static str]) -> Result<&'static str, Failure>,
) -> Result<String, Failure> {
    let mut name = String::new();
    for attempt in 0.. {
        let manner = draw(&MANNERS)?;
        let animal = draw(&ANIMALS)?;
        name = format!("{manner}-{animal}");
        if attempt >= TRIES {
            name = format!("{}-{name}", draw(&MANNERS)?);
        }
        if !borne.contains(&name) {
            break;
        }
    }
    Ok(name)
}

/// Draws one word. The lists are as long as a byte can count evenly.
fn drawn(words: &[&'static str]) -> Result<&'static str, Failure> {
    let mut byte = [0];
    getrandom::getrandom(&mut byte).map_err(Failure::new)?;
    let at = usize::from(byte[0]) % words.len().max(1);
    Ok(words.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1123, section 2.1: letters, digits and inner dashes. Names of objects that begin with
    /// the release's are cut at 63, so 24 leaves charts room for theirs.
    #[test]
    fn every_name_that_can_be_made_up_is_a_short_dns_label() {
        for word in MANNERS.iter().chain(&ANIMALS) {
            assert!(word.len() <= 11 && word.chars().all(|it| it.is_ascii_lowercase()), "{word}");
        }
        let unlike: std::collections::BTreeSet<_> = MANNERS.iter().chain(&ANIMALS).collect();
        assert_eq!(unlike.len(), MANNERS.len() + ANIMALS.len());
        // No word is likelier than another.
        assert_eq!((256 % MANNERS.len(), 256 % ANIMALS.len()), (0, 0));
    }

    #[test]
    fn a_name_that_is_borne_is_not_given_again() {
        let mut places = [0, 0, 0, 1].into_iter();
        let name = free(&[format!("{}-{}", MANNERS[0], ANIMALS[0])], |list| {
            Ok(list[places.next().unwrap()])
        });
        assert_eq!(name.unwrap(), format!("{}-{}", MANNERS[0], ANIMALS[1]));
    }

    #[test]
    fn where_all_names_of_two_words_are_borne_there_is_one_of_three() {
        let pairs =
            MANNERS.iter().flat_map(|it| ANIMALS.iter().map(move |of| format!("{it}-{of}")));
        let borne: Vec<String> = pairs.collect();
        let name = free(&borne, drawn).unwrap();
        assert_eq!(name.split('-').count(), 3, "{name}");
        assert!(is_release_name(&name));
    }
}
