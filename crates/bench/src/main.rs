//! `cargo run --release -p servease-bench`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    servease_bench::main()
}
