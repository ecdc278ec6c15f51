/// Aggregators that do not count: the peer has none, and only what is minted is kept in one here.
module aptos_framework::aggregator_v2 {
    /// Stands for a number.
    struct Aggregator<phantom IntElement> has store, drop {
        unused: bool
    }

    public fun create_aggregator<IntElement: copy + drop>(_max_value: IntElement): Aggregator<IntElement> {
        Aggregator { unused: true }
    }

    public fun create_unbounded_aggregator<IntElement: copy + drop>(): Aggregator<IntElement> {
        Aggregator { unused: true }
    }

    public fun create_unbounded_aggregator_with_value<IntElement: copy + drop>(
        _start_value: IntElement
    ): Aggregator<IntElement> {
        Aggregator { unused: true }
    }

    public fun try_add<IntElement: drop>(self: &mut Aggregator<IntElement>, _value: IntElement): bool {
        self.unused
    }

    public fun add<IntElement: drop>(_self: &mut Aggregator<IntElement>, _value: IntElement) {
        abort 1
    }

    public fun try_sub<IntElement: drop>(_self: &mut Aggregator<IntElement>, _value: IntElement): bool {
        abort 1
    }

    public fun is_at_least<IntElement: drop>(_self: &Aggregator<IntElement>, _min_amount: IntElement): bool {
        abort 1
    }

    public fun max_value<IntElement: copy + drop>(_self: &Aggregator<IntElement>): IntElement {
        abort 1
    }

    public fun read<IntElement>(_self: &Aggregator<IntElement>): IntElement {
        abort 1
    }
}
