/// Vectors: what the instructions do, under the names that programs use.
module std::vector {
    #[bytecode_instruction]
    native public fun empty<Element>(): vector<Element>;
    #[bytecode_instruction]
    native public fun length<Element>(self: &vector<Element>): u64;
    #[bytecode_instruction]
    native public fun borrow<Element>(self: &vector<Element>, i: u64): &Element;
    #[bytecode_instruction]
    native public fun borrow_mut<Element>(self: &mut vector<Element>, i: u64): &mut Element;
    #[bytecode_instruction]
    native public fun push_back<Element>(self: &mut vector<Element>, element: Element);
    #[bytecode_instruction]
    native public fun pop_back<Element>(self: &mut vector<Element>): Element;
    #[bytecode_instruction]
    native public fun destroy_empty<Element>(self: vector<Element>);
    #[bytecode_instruction]
    native public fun swap<Element>(self: &mut vector<Element>, i: u64, j: u64);

    public fun is_empty<Element>(self: &vector<Element>): bool {
        length(self) == 0
    }

    public fun reverse<Element>(self: &mut vector<Element>) {
        let n = length(self);
        if (n == 0) return;
        let front = 0;
        let back = n - 1;
        while (front < back) {
            swap(self, front, back);
            front = front + 1;
            back = back - 1;
        }
    }

    public fun append<Element>(self: &mut vector<Element>, other: vector<Element>) {
        reverse(&mut other);
        while (!is_empty(&other)) push_back(self, pop_back(&mut other));
        destroy_empty(other);
    }

    public fun contains<Element>(self: &vector<Element>, element: &Element): bool {
        let i = 0;
        while (i < length(self)) {
            if (borrow(self, i) == element) return true;
            i = i + 1;
        };
        false
    }

    public fun remove<Element>(self: &mut vector<Element>, i: u64): Element {
        let n = length(self);
        assert!(i < n, 0x20000);
        while (i + 1 < n) {
            swap(self, i, i + 1);
            i = i + 1;
        };
        pop_back(self)
    }
}
