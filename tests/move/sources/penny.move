/// A coin.
module hazards::penny {
    struct Penny {}
}
