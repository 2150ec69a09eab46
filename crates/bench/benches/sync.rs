//! `cargo bench -p servease-bench --bench sync`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    servease_bench::sync::main()
}
