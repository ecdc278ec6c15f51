/// A value that may be missing.
module std::option {
    use std::mem;

    /// A value of type `Element`, or none. Holds a vector of at most one element, so that it is
    /// written in BCS like one.
    struct Option<Element> has copy, drop, store {
        vec: vector<Element>
    }

    /// There is a value, where none was expected.
    const EOPTION_IS_SET: u64 = 0x40000;
    /// There is no value.
    const EOPTION_NOT_SET: u64 = 0x40001;
    /// A vector with more than one element is no option.
    const EOPTION_VEC_TOO_LONG: u64 = 0x40002;

    /// No value.
    public fun none<Element>(): Option<Element> {
        Option { vec: vector[] }
    }

    /// A value.
    public fun some<Element>(e: Element): Option<Element> {
        Option { vec: vector[e] }
    }

    /// The element of a vector that has at most one.
    public fun from_vec<Element>(vec: vector<Element>): Option<Element> {
        assert!(vec.length() <= 1, EOPTION_VEC_TOO_LONG);
        Option { vec }
    }

    /// Whether there is no value.
    public fun is_none<Element>(self: &Option<Element>): bool {
        self.vec.is_empty()
    }

    /// Whether there is a value.
    public fun is_some<Element>(self: &Option<Element>): bool {
        !self.vec.is_empty()
    }

    /// Whether there is a value that equals `e_ref`.
    public fun contains<Element>(self: &Option<Element>, e_ref: &Element): bool {
        self.vec.contains(e_ref)
    }

    /// The value. Aborts if there is none.
    public fun borrow<Element>(self: &Option<Element>): &Element {
        assert!(self.is_some(), EOPTION_NOT_SET);
        &self.vec[0]
    }

    /// The value, or `default_ref` if there is none.
    public fun borrow_with_default<Element>(
        self: &Option<Element>, default_ref: &Element
    ): &Element {
        if (self.vec.is_empty()) default_ref else self.vec.borrow(0)
    }

    /// A copy of the value, or `default` if there is none.
    public fun get_with_default<Element: copy + drop>(
        self: &Option<Element>, default: Element
    ): Element {
        if (self.vec.is_empty()) default else self.vec[0]
    }

    /// Puts a value in. Aborts if there is one.
    public fun fill<Element>(self: &mut Option<Element>, e: Element) {
        assert!(self.vec.is_empty(), EOPTION_IS_SET);
        self.vec.push_back(e)
    }

    /// Takes the value out. Aborts if there is none.
    public fun extract<Element>(self: &mut Option<Element>): Element {
        assert!(self.is_some(), EOPTION_NOT_SET);
        self.vec.pop_back()
    }

    /// The value, to be changed. Aborts if there is none.
    public fun borrow_mut<Element>(self: &mut Option<Element>): &mut Element {
        assert!(self.is_some(), EOPTION_NOT_SET);
        &mut self.vec[0]
    }

    /// Puts `e` in the place of the value and returns that. Aborts if there is none.
    public fun swap<Element>(self: &mut Option<Element>, e: Element): Element {
        mem::replace(self.borrow_mut(), e)
    }

    /// Puts `e` in and returns what was there, if anything.
    public fun swap_or_fill<Element>(self: &mut Option<Element>, e: Element): Option<Element> {
        mem::replace(self, some(e))
    }

    /// The value, or `default` if there is none.
    public fun destroy_with_default<Element: drop>(
        self: Option<Element>, default: Element
    ): Element {
        let Option { vec } = self;
        if (vec.is_empty()) default else vec.pop_back()
    }

    /// The value. Aborts if there is none.
    public fun destroy_some<Element>(self: Option<Element>): Element {
        assert!(self.is_some(), EOPTION_NOT_SET);
        let Option { vec } = self;
        let e = vec.pop_back();
        vec.destroy_empty();
        e
    }

    /// Ends an option without value. Aborts if there is one.
    public fun destroy_none<Element>(self: Option<Element>) {
        assert!(self.is_none(), EOPTION_IS_SET);
        let Option { vec } = self;
        vec.destroy_empty()
    }

    /// A vector with the value, or without elements.
    public fun to_vec<Element>(self: Option<Element>): vector<Element> {
        let Option { vec } = self;
        vec
    }

    /// Gives the value to `f`, if there is one.
    public inline fun for_each<Element>(self: Option<Element>, f: |Element|) {
        if (self.is_some()) {
            f(self.destroy_some())
        } else {
            self.destroy_none()
        }
    }

    /// Shows the value to `f`, if there is one.
    public inline fun for_each_ref<Element>(self: &Option<Element>, f: |&Element|) {
        if (self.is_some()) {
            f(self.borrow())
        }
    }

    /// Lets `f` change the value, if there is one.
    public inline fun for_each_mut<Element>(self: &mut Option<Element>, f: |&mut Element|) {
        if (self.is_some()) {
            f(self.borrow_mut())
        }
    }

    /// `f(init, value)`, or `init` if there is no value.
    public inline fun fold<Accumulator, Element>(
        self: Option<Element>, init: Accumulator, f: |Accumulator, Element| Accumulator
    ): Accumulator {
        if (self.is_some()) {
            f(init, self.destroy_some())
        } else {
            self.destroy_none();
            init
        }
    }

    /// What `f` makes of the value, if there is one.
    public inline fun map<Element, OtherElement>(
        self: Option<Element>, f: |Element| OtherElement
    ): Option<OtherElement> {
        if (self.is_some()) {
            some(f(self.destroy_some()))
        } else {
            self.destroy_none();
            none()
        }
    }

    /// What `f` gives for the value, if there is one.
    public inline fun map_ref<Element, OtherElement>(
        self: &Option<Element>, f: |&Element| OtherElement
    ): Option<OtherElement> {
        if (self.is_some()) some(f(self.borrow())) else none()
    }

    /// The value, if there is one and it fulfils `f`.
    public inline fun filter<Element: drop>(
        self: Option<Element>, f: |&Element| bool
    ): Option<Element> {
        if (self.is_some() && f(self.borrow())) self else none()
    }

    /// Whether there is a value that fulfils `p`.
    public inline fun any<Element>(self: &Option<Element>, p: |&Element| bool): bool {
        self.is_some() && p(self.borrow())
    }

    /// Gives the value to `d`, if there is one.
    public inline fun destroy<Element>(self: Option<Element>, d: |Element|) {
        self.for_each(|e| d(e))
    }
}
