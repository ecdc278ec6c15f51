/// Events, by the peer's native. It knows none of handles, which only count here.
module aptos_framework::event {
    use aptos_framework::guid::GUID;

    /// A stream of events.
    struct EventHandle<phantom T: drop + store> has store {
        counter: u64,
        guid: GUID
    }

    /// Emits `msg`.
    public fun emit<T: store + drop>(msg: T) {
        emit_event(&msg);
    }

    /// Opens a stream under `guid`.
    public(package) fun new_event_handle<T: drop + store>(guid: GUID): EventHandle<T> {
        EventHandle { counter: 0, guid }
    }

    /// Closes the stream.
    public fun destroy_handle<T: drop + store>(handle: EventHandle<T>) {
        let EventHandle { counter: _, guid: _ } = handle;
    }

    native fun emit_event<T: drop + store>(msg: &T);
}
