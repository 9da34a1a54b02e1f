//! `beaconfire geocodes import`: makes a table from public files.

use super::rows::{Fields, Read};
use super::{csv_rows, geojson};
use crate::command::{Answer, print};
use crate::config::read_table;
use anyhow::{Context as _, bail};
use beaconfire_geo::geocode::{Drawing, EntryDraft, TableDraft, add_entries, encode, meaning, scheme};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Mistakes shown of one file.
const SHOWN: usize = 10;

/// Makes a table from GeoJSON (a code among the properties) and CSV (codes that stand for others, or were given up).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The table holds its licence and, where its lines are drawn, how far they may lie from the true ones: give what the source
says with --resolution-m, the rounding is added. Holes count as inside. Features of one code are joined.

Without --merge the table must not be there yet. With --merge, what is imported takes the place of entries of the same code
and beginning, and ends older ones when it begins; other codes stay, or end at --valid-from with --retire-missing.

Exit status: 0 the table is written; 1 something in the files cannot be used, and nothing is written; 2 it could not be done.

Examples:
  beaconfire geocodes import --scheme UGC --code-property ugc --name-property name --units 100 --resolution-m 3300 \\
      --licence CC0-1.0 --out ugc.geocodes nws_ugc_zones.geojson
  beaconfire geocodes import --scheme SAME --target-scheme UGC --licence CC0-1.0 --out same.geocodes nws_same_to_ugc.csv
  beaconfire geocodes import --scheme UGC --to-property ended --successors-property now --target-column none --merge \\
      --licence CC0-1.0 --out ugc.geocodes retired.csv")]
pub(super) struct Args {
    /// GeoJSON files (`.geojson`, `.json`) and CSV files with a header line (`.csv`).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The table that is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The scheme of the codes: a geocode's `valueName`, such as SAME, UGC, EMMA_ID, NUTS, ISO3166-2.
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// What the table is, for people; the scheme and the files' names where it is left out.
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// Under what the data may be used and passed on.
    #[arg(long, value_name = "WORDS", required_unless_present = "licence_file")]
    licence: Option<String>,
    /// A file with the text of the licence, where that must go along; instead of --licence.
    #[arg(long, value_name = "FILE", conflicts_with = "licence")]
    licence_file: Option<PathBuf>,
    /// Whom to name where the data are used.
    #[arg(long, value_name = "WORDS", default_value = "")]
    attribution: String,
    /// Where the data came from; the files' names where it is left out.
    #[arg(long, value_name = "WORDS")]
    source: Option<String>,
    /// Steps in a degree that coordinates are rounded to: 100 is about 1.1 km, 10000 about 11 m.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    units: u32,
    /// How far the lines of the files may lie from the true ones, metres.
    #[arg(long, value_name = "METRES")]
    resolution_m: Option<u32>,
    #[command(flatten)]
    fields: Fields,
    /// Joins what is imported to the table that is there.
    #[arg(long)]
    merge: bool,
    /// With --merge and --valid-from: codes of the table that the files do not have end then.
    #[arg(long, requires = "merge", requires = "valid_from")]
    retire_missing: bool,
    /// A file of codes, one a line with words behind `#`, that the files draw wrongly: the table knows them and not
    /// where they are.
    #[arg(long, value_name = "FILE")]
    undrawn: Option<PathBuf>,
    /// Leaves out what cannot be used, and tells each.
    #[arg(long)]
    skip_bad: bool,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        if self.out.exists() && !self.merge {
            bail!("write {}: it is there already; say --merge, or remove it first", self.out.display());
        }
        let Some(entries) = self.read()? else { return Ok(Answer::No) };
        let draws = entries.iter().any(|entry| matches!(entry.drawing, Drawing::Rings(_)));
        if draws && self.resolution_m.is_none() {
            bail!(
                "import: the files draw lines; say how far these may lie from the true ones with --resolution-m"
            );
        }
        let mut draft = self.join(entries)?;
        let stated = draft.resolution_m;
        let mut encoded = encode(&draft).context("make the table")?;
        if draws {
            draft.resolution_m =
                stated.max(1).saturating_add((encoded.moved_m - 0.01).ceil().max(0.0) as u32);
            encoded = encode(&draft).context("make the table")?;
        }
        write_whole(&self.out, &encoded.bytes)?;
        if encoded.tiny > 0 {
            eprintln!(
                "{} ring(s) smaller than a step are drawn as a box of one step; more --units keep their form",
                encoded.tiny
            );
        }
        print(&format!(
            "{}: {}, {} entries, {} rings, {} points, {} bytes; rounding moved points by at most {:.0} m\n",
            self.out.display(),
            scheme(&self.scheme),
            encoded.entries,
            encoded.rings,
            encoded.points,
            encoded.bytes.len(),
            encoded.moved_m
        ))?;
        Ok(Answer::Yes)
    }

    /// All files; none where something in them cannot be used.
    fn read(&self) -> anyhow::Result<Option<Vec<EntryDraft>>> {
        let undrawn = self.undrawn()?;
        let mut entries = Vec::new();
        let mut bad = 0;
        for path in &self.files {
            let extension = path.extension().and_then(|ext| ext.to_str()).unwrap_or_default().to_lowercase();
            let Read { entries: read, mistakes, holes } = match extension.as_str() {
                "geojson" | "json" => geojson::read(path, &self.scheme, &self.fields, &undrawn)?,
                "csv" => csv_rows::read(path, &self.scheme, &self.fields)?,
                _ => bail!("read {}: name it .geojson, .json or .csv, after what it is", path.display()),
            };
            if holes > 0 {
                eprintln!("{}: {holes} hole(s) in polygons count as inside", path.display());
            }
            entries.extend(read);
            bad += mistakes.len();
            let shown = if self.skip_bad { mistakes.len() } else { SHOWN };
            mistakes.iter().take(shown).for_each(|mistake| eprintln!("{mistake}"));
            if mistakes.len() > shown {
                eprintln!("{}: and {} more", path.display(), mistakes.len() - shown);
            }
        }
        match bad {
            0 => {}
            _ if self.skip_bad => eprintln!("{bad} left out"),
            _ => {
                eprintln!(
                    "{bad} cannot be used and nothing is written: mend them, or leave them out with --skip-bad"
                );
                return Ok(None);
            }
        }
        for entry in entries.iter_mut().filter(|entry| undrawn.contains(&entry.code)) {
            entry.drawing = Drawing::Nowhere;
        }
        if entries.is_empty() {
            bail!("import: there is nothing in the files");
        }
        Ok(Some(entries))
    }

    /// The codes that are not drawn, as tables spell them.
    fn undrawn(&self) -> anyhow::Result<BTreeSet<String>> {
        let Some(path) = &self.undrawn else { return Ok(BTreeSet::new()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let lines = text.lines().enumerate();
        let codes = lines.map(|(at, line)| (at, line.split('#').next().unwrap_or_default().trim()));
        codes
            .filter(|(_, code)| !code.is_empty())
            .map(|(at, code)| {
                let place = || format!("read {}, line {}: {code:?}", path.display(), at + 1);
                meaning(&self.scheme, code).map(|meaning| meaning.code).with_context(place)
            })
            .collect()
    }

    fn licence(&self) -> anyhow::Result<String> {
        let Some(path) = &self.licence_file else { return Ok(self.licence.clone().unwrap_or_default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Ok(text.trim().to_owned())
    }

    /// The table that is there, or an empty one, with these entries.
    fn join(&self, entries: Vec<EntryDraft>) -> anyhow::Result<TableDraft> {
        let names: Vec<String> = self
            .files
            .iter()
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let mut draft = TableDraft {
            scheme: scheme(&self.scheme),
            title: self
                .title
                .clone()
                .unwrap_or_else(|| format!("{} from {}", scheme(&self.scheme), names.join(", "))),
            licence: self.licence()?,
            attribution: self.attribution.clone(),
            source: self.source.clone().unwrap_or_else(|| names.join(", ")),
            units: self.units,
            resolution_m: self.resolution_m.unwrap_or(0),
            entries,
        };
        if !self.out.exists() {
            return Ok(draft);
        }
        let earlier = TableDraft::of(&read_table(&self.out)?);
        if earlier.scheme != draft.scheme {
            bail!(
                "join {}: it is a table of {}, not of {}",
                self.out.display(),
                earlier.scheme,
                draft.scheme
            );
        }
        let later = std::mem::take(&mut draft.entries);
        let named: BTreeSet<String> = later.iter().map(|entry| entry.code.clone()).collect();
        draft.entries = earlier.entries;
        if let (true, Some(end)) = (self.retire_missing, self.fields.valid_from) {
            for entry in draft.entries.iter_mut().filter(|entry| !named.contains(&entry.code)) {
                let began = entry.from.is_none_or(|from| from < end);
                if began && entry.until.is_none_or(|until| until > end) {
                    entry.until = Some(end);
                }
            }
        }
        add_entries(&mut draft.entries, later);
        // Both kinds of lines lie in one table now: it is as coarse as the coarser of them, and as fine as the finer.
        draft.resolution_m = draft.resolution_m.max(earlier.resolution_m);
        draft.units = draft.units.max(earlier.units);
        for (words, before) in
            [(&mut draft.licence, earlier.licence), (&mut draft.attribution, earlier.attribution)]
        {
            if !before.is_empty() && *words != before {
                *words = if words.is_empty() { before } else { format!("{before}; {words}") };
            }
        }
        Ok(draft)
    }
}

/// Writes the file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let about = || format!("write {}", path.display());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, bytes).with_context(about)?;
    std::fs::rename(&beside, path).with_context(about)
}
