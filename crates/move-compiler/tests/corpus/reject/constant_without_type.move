// A constant says its type.
module t::constant_without_type {
    const A = 1;
}
