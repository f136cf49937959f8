//! `rutter show`: what is in a chart.

use std::rc::Rc;

use render::{Chart, File};

use crate::{charts, failure::Failure, grammar, options::ChartOptions, session::Session, ui};

/// Show what is in a chart
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    /// Print Chart.yaml, values.yaml, the README and the CRDs
    All(Wanted),
    /// Print what the chart says of itself
    Chart(Wanted),
    /// Print the CRDs
    Crds(Wanted),
    /// Print the README
    Readme(Wanted),
    /// Print values.yaml as it is written
    Values(Wanted),
}

#[derive(clap::Args, Debug)]
struct Wanted {
    /// The chart: a folder, an archive, REPOSITORY/CHART or a URL
    #[arg(value_name = "CHART")]
    words: Vec<String>,

    #[command(flatten)]
    chart: ChartOptions,
}

/// Which part of a chart is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Chart,
    Crds,
    Readme,
    Values,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let (path, part, wanted) = match &args.part {
        Some(Chosen::All(wanted)) => ("show all", Part::All, wanted),
        Some(Chosen::Chart(wanted)) => ("show chart", Part::Chart, wanted),
        Some(Chosen::Crds(wanted)) => ("show crds", Part::Crds, wanted),
        Some(Chosen::Readme(wanted)) => ("show readme", Part::Readme, wanted),
        Some(Chosen::Values(wanted)) => ("show values", Part::Values, wanted),
        None => return Ok(session.ui.print(&grammar::help(session.settings.program, "show"))?),
    };
    let [place] = grammar::exactly(session.settings.program, path, &wanted.words)?;
    let chart = charts::load(place, &wanted.chart, session)?.chart;
    Ok(session.ui.print(&text(&chart, part)?)?)
}

/// Returns the text in Helm's form (`pkg/action/show.go`): what `all` shows is divided by `---`.
fn text(chart: &Chart, part: Part) -> Result<String, Failure> {
    let mut text = String::new();
    let wants = |one: Part| part == Part::All || part == one;
    let divider = if part == Part::All { "---\n" } else { "" };
    if wants(Part::Chart) {
        text.push_str(&ui::yaml(&chart.metadata)?);
        text.push('\n');
    }
    if let Some(values) = named(&chart.raw, &["values.yaml"]).filter(|_| wants(Part::Values)) {
        text.push_str(divider);
        text.push_str(&content(values));
        text.push('\n');
    }
    let readme = named(&chart.files, &["readme.md", "readme.txt", "readme"]);
    if let Some(readme) = readme.filter(|_| wants(Part::Readme)) {
        text.push_str(divider);
        text.push_str(&content(readme));
        text.push('\n');
    }
    if wants(Part::Crds) {
        for crd in crds(chart) {
            let crd = content(crd);
            if !crd.starts_with("---") {
                text.push_str("---\n");
            }
            text.push_str(&crd);
            text.push('\n');
        }
    }
    Ok(text)
}

fn named<'c>(files: &'c [File], names: &[&str]) -> Option<&'c File> {
    files.iter().find(|file| names.contains(&file.name.to_lowercase().as_str()))
}

/// The CRDs of a chart, then those of its subcharts (`Chart.CRDObjects`).
fn crds(chart: &Chart) -> Vec<&File> {
    let own = chart.files.iter().filter(|file| {
        file.name.starts_with("crds/")
            && [".yaml", ".yml", ".json"].iter().any(|end| file.name.ends_with(end))
    });
    own.chain(chart.dependencies.iter().flat_map(crds)).collect()
}

fn content(file: &File) -> String {
    String::from_utf8_lossy(&Rc::clone(&file.data)).into_owned()
}
