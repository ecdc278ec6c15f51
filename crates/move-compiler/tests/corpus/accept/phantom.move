// Phantom parameters need no abilities.
module t::phantom {
    struct Nothing {}
    struct Coin<phantom C> has copy, drop, store { value: u64 }
    struct Euro<phantom C> has drop { inner: Coin<C> }
    fun mint<C>(value: u64): Coin<C> { Coin { value } }
    fun join<C>(a: Coin<C>, b: Coin<C>): Coin<C> { Coin { value: a.value + b.value } }
    #[test] fun joined() { abort join(mint<Nothing>(4), mint(5)).value }
    #[test] fun inside() { let e = Euro<Nothing> { inner: mint(8) }; abort e.inner.value }
}
