//! The `sqlward` command.

/// Most of what a run does is to put small things together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    sqlward_codegen::cli::main()
}
