/// Abort codes that say what kind of thing went wrong: the kind in the third byte, the reason that
/// the module chose in the two bytes below. The kinds are those of HTTP and gRPC.
module std::error {
    /// The caller gave an argument that can never be right.
    const INVALID_ARGUMENT: u64 = 0x1;
    /// An argument is outside of what is there, for example past an end.
    const OUT_OF_RANGE: u64 = 0x2;
    /// The system is not in the state that is needed.
    const INVALID_STATE: u64 = 0x3;
    /// Nobody has signed.
    const UNAUTHENTICATED: u64 = 0x4;
    /// Who has signed may not do this.
    const PERMISSION_DENIED: u64 = 0x5;
    /// Something is not there.
    const NOT_FOUND: u64 = 0x6;
    /// Two things happened at once that exclude each other.
    const ABORTED: u64 = 0x7;
    /// Something is there already.
    const ALREADY_EXISTS: u64 = 0x8;
    /// Something has run out.
    const RESOURCE_EXHAUSTED: u64 = 0x9;
    /// Somebody asked to stop.
    const CANCELLED: u64 = 0xA;
    /// Something that cannot happen did.
    const INTERNAL: u64 = 0xB;
    /// This is not there yet.
    const NOT_IMPLEMENTED: u64 = 0xC;
    /// Something is away for a while.
    const UNAVAILABLE: u64 = 0xD;

    /// The abort code of a kind and a reason.
    public fun canonical(category: u64, reason: u64): u64 {
        (category << 16) + reason
    }

    /// The code for an argument that can never be right.
    public fun invalid_argument(r: u64): u64 { canonical(INVALID_ARGUMENT, r) }
    /// The code for an argument outside of what is there.
    public fun out_of_range(r: u64): u64 { canonical(OUT_OF_RANGE, r) }
    /// The code for a wrong state.
    public fun invalid_state(r: u64): u64 { canonical(INVALID_STATE, r) }
    /// The code for a missing signature.
    public fun unauthenticated(r: u64): u64 { canonical(UNAUTHENTICATED, r) }
    /// The code for somebody who may not.
    public fun permission_denied(r: u64): u64 { canonical(PERMISSION_DENIED, r) }
    /// The code for something that is not there.
    public fun not_found(r: u64): u64 { canonical(NOT_FOUND, r) }
    /// The code for a conflict.
    public fun aborted(r: u64): u64 { canonical(ABORTED, r) }
    /// The code for something that is there already.
    public fun already_exists(r: u64): u64 { canonical(ALREADY_EXISTS, r) }
    /// The code for something that has run out.
    public fun resource_exhausted(r: u64): u64 { canonical(RESOURCE_EXHAUSTED, r) }
    /// The code for a request to stop.
    public fun cancelled(r: u64): u64 { canonical(CANCELLED, r) }
    /// The code for what cannot happen.
    public fun internal(r: u64): u64 { canonical(INTERNAL, r) }
    /// The code for what is not there yet.
    public fun not_implemented(r: u64): u64 { canonical(NOT_IMPLEMENTED, r) }
    /// The code for what is away for a while.
    public fun unavailable(r: u64): u64 { canonical(UNAVAILABLE, r) }
}
