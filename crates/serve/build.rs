//! Builds the operators' console and lists its files for embedding.
//!
//! With the Cargo feature `console` the sources in `console/` are copied under `OUT_DIR`, keyed by their
//! content, built there by Vite behind a file lock, and listed in `OUT_DIR/console_files.rs`. Nothing is
//! written into the source tree. `BEACONFIRE_CONSOLE=DIR` embeds a ready build instead; without the feature
//! the list is empty and Node.js is not needed.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fmt};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What the build reads, relative to `console/`. Nothing else is watched, copied or hashed.
const SOURCES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
    "index.html",
    "src",
];

const MEND: &str = "install Node.js 20.19 or newer with npm, or set BEACONFIRE_CONSOLE=DIR to embed a ready build \
                    (`npm ci && npm run build` in console/ makes console/dist), or leave the console out with \
                    --no-default-features";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=BEACONFIRE_CONSOLE");
    if let Err(error) = generate() {
        println!("cargo::error=failed to build the operators' console: {}", one_line(&error.to_string()));
        std::process::exit(1);
    }
}

fn generate() -> Result<()> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let list = out.join("console_files.rs");
    if env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return write_list(&list, &[]);
    }
    let dist = match env::var_os("BEACONFIRE_CONSOLE") {
        Some(ready) => ready_build(Path::new(&ready))?,
        None => build(
            &PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../console"),
            &out.join("console"),
        )?,
    };
    let files = files_under(&dist)?;
    if !files.iter().any(|file| file.name == "index.html") {
        return Err(failure(format!("{} has no index.html; build the console again", dist.display())));
    }
    write_list(&list, &files)
}

/// The folder that `BEACONFIRE_CONSOLE` names, watched as a whole.
fn ready_build(dir: &Path) -> Result<PathBuf> {
    let dir = dir.canonicalize().map_err(|error| {
        failure(format!(
            "BEACONFIRE_CONSOLE names {}: {error}; name a folder that holds index.html",
            dir.display()
        ))
    })?;
    println!("cargo::rerun-if-changed={}", dir.display());
    Ok(dir)
}

/// Builds `sources` under `cache` unless the same sources were built before; gives the folder of built files.
fn build(sources: &Path, cache: &Path) -> Result<PathBuf> {
    for name in SOURCES {
        println!("cargo::rerun-if-changed={}", sources.join(name).display());
    }
    let mut inputs = Vec::new();
    for name in SOURCES {
        collect(sources, &sources.join(name), &mut inputs)?;
    }
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    let key = digest(inputs.iter().flat_map(|file| [file.name.as_bytes(), &file.bytes]));
    let packages = inputs.iter().filter(|file| file.name.starts_with("package"));
    let packages_key = digest(packages.flat_map(|file| [file.name.as_bytes(), &file.bytes]));

    fs::create_dir_all(cache)?;
    // Parallel cargo runs wait here; the lock goes with the file handle, also when this process is killed.
    let lock = File::create(cache.join("lock"))?;
    lock.lock()?;

    let dist = cache.join(format!("dist-{key}"));
    if dist.is_dir() {
        return Ok(dist);
    }
    check_node()?;
    let work = cache.join(format!("work-{packages_key}"));
    prune(cache, &work)?;
    copy(&inputs, &work)?;
    if !work.join("installed").is_file() {
        npm(
            &work,
            &["ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--include=dev"],
        )?;
        File::create(work.join("installed"))?;
    }
    let fresh = cache.join("dist-fresh");
    let fresh_text = fresh
        .to_str()
        .ok_or_else(|| failure("OUT_DIR is not UTF-8; set CARGO_TARGET_DIR to a plain path"))?;
    npm(&work, &["run", "build", "--", "--emptyOutDir", "--outDir", fresh_text])?;
    fs::rename(&fresh, &dist)?;
    Ok(dist)
}

/// Old builds, and folders of other package sets, are dead weight in the target folder.
fn prune(cache: &Path, keep: &Path) -> Result<()> {
    for entry in fs::read_dir(cache)? {
        let path = entry?.path();
        if path.is_dir() && path != keep {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

fn copy(inputs: &[Input], work: &Path) -> Result<()> {
    let sources = work.join("src");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    for input in inputs {
        let target = work.join(&input.name);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(target, &input.bytes)?;
    }
    Ok(())
}

fn check_node() -> Result<()> {
    let answer = Command::new("node").arg("--version").output();
    let Ok(answer) = answer else {
        return Err(failure(format!("Node.js is not there; {MEND}")));
    };
    let text = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let mut numbers = text.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version < (20, 19) {
        return Err(failure(format!("Node.js is {text}, which is too old; {MEND}")));
    }
    Ok(())
}

/// Runs npm in `dir`; on failure its last words are in the error.
fn npm(dir: &Path, arguments: &[&str]) -> Result<()> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let answer = Command::new(program)
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .env_remove("NODE_ENV")
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("npm_config_update_notifier", "false")
        .output()
        .map_err(|error| failure(format!("npm could not be run: {error}; {MEND}")))?;
    if answer.status.success() {
        return Ok(());
    }
    let words = [answer.stdout, answer.stderr].concat();
    let words = String::from_utf8_lossy(&words);
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let tail = lines[lines.len().saturating_sub(30)..].join("\n");
    eprintln!("{tail}");
    Err(failure(format!(
        "`npm {}` ended with {}: {}; see its output below, check that the npm registry can be reached, or {MEND}",
        arguments.join(" "),
        answer.status,
        lines.last().unwrap_or(&"without a word"),
    )))
}

/// One file, by its path with forward slashes below the folder it was found in.
struct Input {
    name: String,
    path: PathBuf,
    bytes: Vec<u8>,
}

fn files_under(dir: &Path) -> Result<Vec<Input>> {
    let mut files = Vec::new();
    collect(dir, dir, &mut files)?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn collect(root: &Path, path: &Path, into: &mut Vec<Input>) -> Result<()> {
    let unreadable = |error| {
        failure(format!("{}: {error}; the console's sources are not whole, fetch them again", path.display()))
    };
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            collect(root, &entry?.path(), into)?;
        }
        return Ok(());
    }
    let parts: Vec<_> =
        path.strip_prefix(root)?.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    into.push(Input {
        name: parts.join("/"),
        path: path.to_owned(),
        bytes: fs::read(path).map_err(unreadable)?,
    });
    Ok(())
}

/// Writes the table of files that `src/console.rs` includes.
fn write_list(list: &Path, files: &[Input]) -> Result<()> {
    let mut text = String::from("/// Every file of the console, by path.\nstatic FILES: &[Asset] = &[\n");
    for file in files {
        let etag = format!("\"{}\"", digest([&file.bytes[..]]));
        text += &format!(
            "    Asset {{ path: {:?}, bytes: include_bytes!({:?}), content_type: {:?}, etag: {etag:?}, immutable: {} }},\n",
            format!("/{}", file.name),
            file.path,
            content_type(&file.name),
            // Vite names everything under assets/ by a hash of its content.
            file.name.starts_with("assets/"),
        );
    }
    text += "];\n";
    fs::write(list, text)?;
    Ok(())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// 128 bits of FNV-1a, each part led by its length: names builds and entity tags, guards nothing.
fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for part in parts {
        for byte in (part.len() as u64).to_le_bytes().iter().chain(part) {
            hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
    format!("{hash:032x}")
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|_| failure(format!("{name} is not set; run this through cargo")))
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}

/// A failure in words.
#[derive(Debug)]
struct Failure(String);

fn failure(words: impl Into<String>) -> Box<dyn Error> {
    Box::new(Failure(words.into()))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {}
