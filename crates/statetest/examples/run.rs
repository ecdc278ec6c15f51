//! tmp
fn main() {
    let p: Vec<_> = std::env::args().skip(1).map(Into::into).collect();
    let s = lumio_statetest::run(&p, &mut |f| println!("{f}")).unwrap();
    println!("{} passed, {} failed", s.passed, s.failed);
}
