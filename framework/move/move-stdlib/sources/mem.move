/// Exchanging values behind references, without copying them.
module std::mem {
    /// Exchanges what two references point to.
    native public fun swap<T>(left: &mut T, right: &mut T);

    /// Puts `new` where the reference points and returns what was there.
    public fun replace<T>(ref: &mut T, new: T): T {
        swap(ref, &mut new);
        new
    }
}
