//! oasiscap's reader, timed; built by `cargo xtask bench cap` in a package of its own.

mod laps;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let parse = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok();
        let text = text.map(|text| text.strip_prefix('\u{FEFF}').unwrap_or(text));
        let alert = text.and_then(|text| text.parse::<oasiscap::Alert>().ok());
        std::hint::black_box(alert).is_some()
    };
    let [list, seconds] = args.as_slice() else {
        eprintln!("failed to read the arguments: write LIST SECONDS");
        std::process::exit(2);
    };
    match laps::run(list, seconds, parse) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("failed to {error}");
            std::process::exit(1);
        }
    }
}
