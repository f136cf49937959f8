//! A chart's `.tgz`: unpacked in memory, within limits.
//!
//! An archive is written by a stranger. What it may use is counted in a [`Room`], which the archives
//! in its `charts/` share with it: ten of them are no larger than one, and one that holds itself
//! comes to an end.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::{File, loading};

/// How a gzip file begins.
pub(super) const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// The most that a chart may hold, in bytes: Helm's limit for each folder and each archive.
pub(super) const MAX_CHART: u64 = 100 * 1024 * 1024;

/// The most that its archives may be once inflated: the files, and the headers around them.
const MAX_STREAM: u64 = MAX_CHART + 60 * 1024 * 1024;

/// How many entries its archives may have.
const MAX_ENTRIES: usize = 50_000;

/// How long an entry's name may be, in bytes: what Linux takes as a path.
const MAX_NAME: usize = 4096;

/// How deep archives may lie in each other.
const MAX_DEPTH: usize = 16;

/// How much is inflated at a time, in bytes: in small steps it takes much longer.
const STEP: usize = 64 * 1024;

/// Which of an archive's files are kept with what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// All.
    All,
    /// Those that say whether it is a chart; the others are only measured.
    Read,
}

impl Keep {
    fn keeps(self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Read => loading::is_read(name),
        }
    }
}

/// What is left of the limits while a chart, with the charts inside it, is unpacked,
/// and what is kept of it.
pub(super) struct Room {
    keep: Keep,
    data: u64,
    stream: u64,
    entries: usize,
    depth: usize,
}

impl Room {
    /// The room that a chart has.
    pub(super) const fn of_chart() -> Self {
        Self {
            keep: Keep::All,
            data: MAX_CHART,
            stream: MAX_STREAM,
            entries: MAX_ENTRIES,
            depth: MAX_DEPTH,
        }
    }

    /// The same room for a chart that is only looked into.
    pub(super) const fn to_look() -> Self {
        Self { keep: Keep::Read, ..Self::of_chart() }
    }

    /// Does what belongs to an archive that lies inside another.
    ///
    /// # Errors
    ///
    /// That of `inner`, or that archives lie too deep in each other.
    pub(super) fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, crate::Error>,
    ) -> Result<T, crate::Error> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| {
            crate::Error::Chart(format!("more than {MAX_DEPTH} chart archives inside each other"))
        })?;
        let done = inner(self);
        self.depth += 1;
        done
    }

    fn take_entry(&mut self) -> Result<(), String> {
        self.entries = self
            .entries
            .checked_sub(1)
            .ok_or_else(|| format!("chart archive has more than {MAX_ENTRIES} entries"))?;
        Ok(())
    }

    /// Takes the room for an entry's content.
    fn take_data(&mut self, size: u64) -> Result<(), String> {
        if size >= self.data {
            return Err(too_large());
        }
        self.data -= size;
        Ok(())
    }
}

/// A stream that fails once it has given as much as there is room for.
struct Metered<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left =
            self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(too_large()))?;
        Ok(read)
    }
}

/// How long may be what stands before an entry: a long name, or records of pax.
const MAX_PREFACE: u64 = 1024 * 1024;

/// A tar file, looked at as it passes: who reads it takes a long name whole before it shows it, and
/// a name of 400 MB is none.
struct Watched<R> {
    inner: R,
    header: [u8; 512],
    /// How much of the next header there is.
    filled: usize,
    /// How much comes before it.
    before: u64,
}

impl<R> Watched<R> {
    const fn new(inner: R) -> Self {
        Self { inner, header: [0; 512], filled: 0, before: 0 }
    }

    /// Takes the next bytes.
    fn pass(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.before).unwrap_or(usize::MAX).min(bytes.len());
            self.before -= skipped as u64;
            let header = self.header.get_mut(self.filled..).unwrap_or_default();
            let rest = bytes.get(skipped..).unwrap_or_default();
            let taken = rest.len().min(header.len());
            for (into, byte) in header.iter_mut().zip(rest) {
                *into = *byte;
            }
            self.filled += taken;
            bytes = rest.get(taken..).unwrap_or_default();
            if self.filled == self.header.len() {
                self.filled = 0;
                self.before = self.judge()?;
            }
        }
        Ok(())
    }

    /// Returns how far it is from this header to the next.
    fn judge(&self) -> io::Result<u64> {
        let header = tar::Header::from_byte_slice(&self.header);
        let kind = header.entry_type();
        let size = header.entry_size().unwrap_or_default();
        let is_preface = kind.is_gnu_longname()
            || kind.is_gnu_longlink()
            || kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions();
        if is_preface && size > MAX_PREFACE {
            let text = format!("chart contains a file name of {size} bytes");
            return Err(io::Error::other(text));
        }
        Ok(size.div_ceil(512).saturating_mul(512))
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.pass(into.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}

/// Returns the archive's files, or why it is refused, in Helm's words.
///
/// Names lose their first part, the folder that the chart was packed in. What
/// would lie outside it is refused rather than skipped. Links and devices are
/// empty files, as they are for Helm: what they point to is nobody's business.
pub(super) fn unpack(bytes: &[u8], room: &mut Room) -> Result<Vec<File>, String> {
    if !bytes.starts_with(&MAGIC) {
        let text = if bytes.is_empty() { "EOF" } else { "gzip: invalid header" };
        return Err(text.to_owned());
    }
    let inflated = BufReader::with_capacity(STEP, MultiGzDecoder::new(bytes));
    let stream = Metered { inner: inflated, left: room.stream };
    let mut archive = tar::Archive::new(Watched::new(stream));
    let files = unpack_entries(&mut archive, room)?;
    room.stream = archive.into_inner().inner.left;
    if files.is_empty() {
        return Err("no files in chart archive".to_owned());
    }
    Ok(files)
}

fn unpack_entries<R: Read>(
    archive: &mut tar::Archive<R>,
    room: &mut Room,
) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for entry in archive.entries().map_err(|error| brief(&error))? {
        let mut entry = entry.map_err(|error| brief(&error))?;
        room.take_entry()?;
        let kind = entry.header().entry_type();
        let path = entry.path_bytes();
        if path.len() > MAX_NAME {
            return Err(format!("chart contains a file name of {} bytes", path.len()));
        }
        let path = String::from_utf8_lossy(&path).into_owned();
        if kind.is_dir() || path.ends_with('/') || kind.is_pax_global_extensions() {
            continue;
        }
        let name = inner_name(&path)?;
        room.take_data(entry.size())?;
        let size = entry.size();
        let mut data = Vec::new();
        let read = if room.keep.keeps(&name) {
            // There is room for it, and of a size that is a lie no page is touched.
            data.reserve_exact(usize::try_from(size).unwrap_or_default());
            entry.read_to_end(&mut data).map(|read| read as u64)
        } else {
            io::copy(&mut entry, &mut io::sink())
        };
        if read.map_err(|error| brief(&error))? < size {
            return Err("unexpected EOF".to_owned());
        }
        files.push(loading::without_bom(File { name, data: data.into(), modified: None }));
    }
    Ok(files)
}

/// What Helm says of a drive's letter in a name, and we of a control character, too.
const ILLEGAL_NAME: &str = "chart contains illegally named files";

/// What the reader of tar files says, without the bytes that it quotes.
fn brief(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" when getting").next().unwrap_or(&text).chars().take(200).collect()
}

fn too_large() -> String {
    format!("decompressed chart is larger than the maximum size {MAX_CHART}")
}

/// Returns a path without its first part, cleaned, if it stays inside.
pub(super) fn inner_name(path: &str) -> Result<String, String> {
    if path.chars().any(char::is_control) {
        return Err(ILLEGAL_NAME.to_owned());
    }
    let delimiter = if path.contains('\\') { '\\' } else { '/' };
    let (first, rest) = path.split_once(delimiter).unwrap_or((path, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let name = cleaned(&rest);
    if name.is_empty() {
        return Err(format!(
            "chart illegally contains content outside the base directory: {path:?}"
        ));
    }
    if name.starts_with("..") {
        return Err("chart illegally references parent directory".to_owned());
    }
    if let [letter, b':', b'/', ..] = name.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return Err(ILLEGAL_NAME.to_owned());
    }
    if first == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_owned());
    }
    Ok(name)
}

/// Go's `path.Clean` for a relative path, but empty for the folder itself.
fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Says what a file is that is no archive.
pub(super) fn no_archive(name: &str, bytes: &[u8]) -> String {
    let extension = name.rsplit('.').next().unwrap_or_default();
    if matches!(extension, "yml" | "yaml") {
        return format!("file '{name}' seems to be a YAML file, but expected a gzipped archive");
    }
    let head = bytes.get(..512).unwrap_or(bytes);
    let is_text = head.iter().all(|byte| !matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    let kind = if is_text && !head.is_empty() {
        "text/plain; charset=utf-8"
    } else {
        "application/octet-stream"
    };
    format!("file '{name}' does not appear to be a gzipped archive; got '{kind}'")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use tar::{Builder, EntryType, Header};

    use super::*;

    const SMALL: Room = Room { keep: Keep::All, data: 1000, stream: 100_000, entries: 8, depth: 2 };

    #[test]
    fn a_path_that_leaves_its_folder_is_refused() {
        assert_eq!(inner_name("web/templates/a.yaml").unwrap(), "templates/a.yaml");
        assert_eq!(inner_name("web\\templates\\a.yaml").unwrap(), "templates/a.yaml");
        for bad in [
            "web/../../etc/passwd",
            "web//etc/passwd",
            "web/c:/foo",
            "web",
            "Chart.yaml",
            "web\\..\\..\\x",
            "web/..\\..\\x",
            "web/a\0b",
            "web/\u{1b}[2J",
        ] {
            assert!(inner_name(bad).is_err(), "{bad:?}");
        }
    }

    fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, kind, data) in entries {
            let mut header = Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_size(data.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *data).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn refusal(bytes: &[u8], mut room: Room) -> String {
        unpack(bytes, &mut room).unwrap_err()
    }

    #[test]
    fn an_archive_has_no_more_room_than_the_one_around_it_left() {
        let bytes = archive(&[("a/b", EntryType::Regular, &[b'x'; 600])]);
        let mut room = SMALL;
        assert_eq!(unpack(&bytes, &mut room).unwrap().len(), 1);
        let text = unpack(&bytes, &mut room).unwrap_err();
        assert!(text.contains("larger than the maximum size"), "{text}");
    }

    #[test]
    fn what_is_no_file_takes_room_too() {
        let long = format!("a/{}", "x".repeat(5000));
        let bytes = archive(&[(&long, EntryType::Regular, b"")]);
        assert_eq!(refusal(&bytes, SMALL), "chart contains a file name of 5002 bytes");
        let text = refusal(&bytes, Room { stream: 4000, ..SMALL });
        assert!(text.contains("larger than the maximum size"), "{text}");
        let bytes = archive(&[("a/b/", EntryType::Directory, b"" as &[u8]); 9]);
        assert_eq!(refusal(&bytes, SMALL), "chart archive has more than 50000 entries");
    }

    #[test]
    fn a_link_is_an_empty_file() {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "a/b", "/etc/passwd").unwrap();
        let bytes = builder.into_inner().unwrap().finish().unwrap();
        let files = unpack(&bytes, &mut Room::of_chart()).unwrap();
        assert_eq!((files.len(), files[0].data.len()), (1, 0));
    }

    #[test]
    fn an_archive_that_ends_early_is_refused() {
        let mut plain = Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_size(900);
        plain.append_data(&mut header, "a/b", &[b'x'; 900][..]).unwrap();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&plain.into_inner().unwrap()[..1024]).unwrap();
        assert_eq!(refusal(&gzip.finish().unwrap(), SMALL), "unexpected EOF");
    }

    #[test]
    fn archives_inside_each_other_come_to_an_end() {
        fn dig(room: &mut Room) -> Result<(), crate::Error> {
            room.deeper(dig)
        }
        let text = dig(&mut Room::of_chart()).unwrap_err().to_string();
        assert_eq!(text, "more than 16 chart archives inside each other");
    }

    #[test]
    fn a_look_finds_what_loading_finds() {
        let file = |name, text: &'static str| (name, EntryType::Regular, text.as_bytes());
        let whole = [
            file("web/Chart.yaml", "name: web\nversion: 1.0.0\n"),
            file("web/values.yaml", "a: 1\n"),
            file("web/templates/a.yaml", "{{"),
            file("web/charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n"),
            file("web/charts/db/values.yaml", "a: 1\n"),
            file("web/charts/db/charts/x/Chart.yaml", "name: x\nversion: 1.0.0\n"),
        ];
        let both = |entries: &[(&str, EntryType, &[u8])]| {
            let bytes = archive(entries);
            let looked = loading::look_into("web.tgz", &bytes);
            let loaded = loading::from_archive("web.tgz", &bytes).map(|chart| chart.metadata);
            let [looked, loaded] = [looked, loaded].map(|it| it.map_err(|error| error.to_string()));
            assert_eq!(looked, loaded);
            loaded
        };
        assert_eq!(both(&whole).unwrap().name, "web");
        // Broken in one place after another; only the template's text does not matter.
        let broken = (0..whole.len()).filter(|at| {
            let mut entries = whole;
            entries[*at].2 = b"a: b: c";
            both(&entries).is_err()
        });
        assert_eq!(broken.collect::<Vec<_>>(), [0, 1, 3, 4, 5]);
        let inner = archive(&whole[..2]);
        let outer = |inner: &[u8]| {
            both(&[whole[0], ("web/charts/web.tgz", EntryType::Regular, inner)]).is_ok()
        };
        assert!(outer(&inner));
        assert!(!outer(&inner[..inner.len() / 2]));
    }
}
