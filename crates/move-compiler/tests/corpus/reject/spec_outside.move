// A spec of nothing.
module t::spec_outside {
    spec nothing { pragma verify = false; }
}
