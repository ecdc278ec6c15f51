// Scripts with uses and constants; other code cannot call them.
script {
    use std::vector;
    const N: u64 = 5;
    fun use_in_script(s: signer, n: u64) {
        let v = vector::empty<u64>();
        v.push_back(n + N);
        assert!(vector::length(&v) == 1, 1);
        let _ = s;
    }
}
