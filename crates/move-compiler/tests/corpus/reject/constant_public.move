// Constants have no visibility.
module t::constant_public {
    public const A: u64 = 1;
}
