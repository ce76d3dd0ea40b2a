//! The program of cornucopia, as its own `main.rs` has it.

fn main() {
    if let Err(error) = cornucopia::run() {
        eprintln!("{}", error.report());
        std::process::exit(1);
    }
}
