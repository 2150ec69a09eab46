//! `cargo bench -p servease-bench --bench upload`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    servease_bench::upload::main()
}
