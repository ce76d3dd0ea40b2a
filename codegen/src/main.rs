//! The `sqlward` command.

fn main() -> std::process::ExitCode {
    sqlward_codegen::cli::main()
}
