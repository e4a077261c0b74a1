//! The `lockhouse` program.

fn main() -> std::process::ExitCode {
    lockhouse::cli::main()
}
