//! `rutter search hub`: charts on Artifact Hub, or on another server that answers as Monocular did.

use std::fmt::Write as _;

use render::url::{self, Url};
use serde::{Deserialize, Serialize};

use super::{Shape, show};
use crate::{
    failure::Failure,
    fetch::{Access, Client, Request},
    options::Switch,
    session::Session,
};

/// The part of a hub that searches.
const PLACE: &str = "api/chartsvc/v1/charts/search";

/// Search Artifact Hub, or a hub of your own
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to look for
    #[arg(value_name = "KEYWORD")]
    words: Vec<String>,

    /// The hub to ask
    #[arg(long, value_name = "URL", default_value = "https://hub.helm.sh")]
    endpoint: String,

    /// Show the URL of each chart's repository
    #[arg(long)]
    list_repo_url: Switch,

    #[command(flatten)]
    shape: Shape,
}

/// A chart that was found, in Helm's order of fields.
#[derive(Serialize)]
struct Row {
    url: String,
    version: String,
    app_version: String,
    description: String,
    repository: Repository,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Repository {
    url: String,
    name: String,
}

/// What a hub answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    data: Vec<Found>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Found {
    id: String,
    artifact_hub: ArtifactHub,
    attributes: Attributes,
    relationships: Relationships,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ArtifactHub {
    package_url: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    description: String,
    repo: Repository,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Relationships {
    latest_chart_version: Latest,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Latest {
    data: Version,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    version: String,
    app_version: String,
}

pub(super) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let endpoint = &args.endpoint;
    let place = place(endpoint, &args.words.join(" "))?;
    let client = Client::new(Access::default(), &session.settings.proxies);
    let failed = || {
        let shown = crate::fetch::shown(endpoint);
        Failure::new(format_args!("unable to perform search against {shown:?}"))
    };
    let content = client.content(&Request::index(&place)).map_err(|error| {
        // Helm keeps the reason to itself.
        failed().with_hint(error.to_string())
    })?;
    // Helm does not look at the decoder's error, and finds nothing on a page that asks to log in.
    let answer: Answer = serde_json::from_slice(&content.bytes)
        .map_err(|error| failed().with_hint(format!("the answer is not JSON: {error}")))?;
    let rows: Vec<_> = answer.data.into_iter().map(|found| Row::of(found, endpoint)).collect();
    let heads = ["URL", "CHART VERSION", "APP VERSION", "DESCRIPTION"];
    if args.list_repo_url.is_on() {
        let [url, version, app, description] = heads;
        let heads = [url, version, app, description, "REPO URL"];
        return show(&rows, &args.shape, (heads, Row::all_cells), session);
    }
    show(&rows, &args.shape, (heads, Row::cells), session)
}

/// Returns the URL of a question.
fn place(endpoint: &str, words: &str) -> Result<String, Failure> {
    let refused = |reason: &str| {
        let shown = crate::fetch::shown(endpoint);
        Failure::new(format_args!("unable to create connection to {shown:?}: {reason}"))
    };
    let parsed = Url::parse(endpoint).map_err(|error| refused(&error.to_string()))?;
    if parsed.hostname().is_empty() {
        return Err(refused("no hostname provided"));
    }
    let place = url::join(endpoint, &[PLACE]).map_err(|error| refused(&error.to_string()))?;
    let question = escaped_question(words);
    Ok(format!("{place}?q={question}"))
}

/// Go's `url.QueryEscape`.
fn escaped_question(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            b' ' => escaped.push('+'),
            byte => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

impl Row {
    fn of(found: Found, endpoint: &str) -> Self {
        let url = match found.artifact_hub.package_url {
            url if url.is_empty() => format!("{endpoint}/charts/{}", found.id),
            url => url,
        };
        let Version { version, app_version } = found.relationships.latest_chart_version.data;
        let Attributes { description, repo: repository } = found.attributes;
        Self { url, version, app_version, description, repository }
    }

    fn all_cells(&self) -> [&str; 5] {
        let [url, version, app, description] = self.cells();
        [url, version, app, description, &self.repository.url]
    }

    fn cells(&self) -> [&str; 4] {
        [&self.url, &self.version, &self.app_version, &self.description]
    }
}
