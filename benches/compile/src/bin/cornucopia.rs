//! The program of cornucopia, with the same `main` as its own.

fn main() {
    if let Err(error) = cornucopia::run() {
        eprintln!("{}", error.report());
        std::process::exit(1);
    }
}
