// A friend twice.
module t::twice_friend {
    friend std::vector;
    friend std::vector;
}
