//! `cargo bench -p servease-bench --bench papers`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    servease_bench::papers::main()
}
