//! The `lockhouse` program.

// The system's allocator keeps a pool for each of the many threads that the databases and the workers have: measured, a 1 GiB
// document then leaves twice the memory resident.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    lockhouse::cli::main()
}
