//! The command-line program.

use std::process::ExitCode;

/// Analysis is many small allocations on several threads; with this allocator a run over a thousand models takes a
/// quarter less time (`tests/bench/README.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    impact::cli::main()
}
