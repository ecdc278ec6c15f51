/// Events: what a transaction tells the world outside the chain. A module event (`emit`) is identified by its type; an
/// event of a handle (`emit_event`) belongs to a numbered stream of the account that made the handle.
module aptos_framework::event {
    use std::bcs;
    use aptos_framework::guid::GUID;

    /// A stream of events. Its GUID identifies it, and `counter` is the number of the next event.
    struct EventHandle<phantom T: drop + store> has store {
        counter: u64,
        guid: GUID
    }

    /// Emits `msg` as a module event. The calling module must define `T` and mark it `#[event]`.
    public fun emit<T: store + drop>(msg: T) {
        write_module_event_to_store(msg);
    }

    /// Opens a stream under `guid`.
    public(package) fun new_event_handle<T: drop + store>(guid: GUID): EventHandle<T> {
        EventHandle { counter: 0, guid }
    }

    /// Emits `msg` as the next event of the stream.
    public fun emit_event<T: drop + store>(self: &mut EventHandle<T>, msg: T) {
        write_to_event_store(bcs::to_bytes(&self.guid), self.counter, msg);
        self.counter += 1;
    }

    /// The stream's GUID.
    public fun guid<T: drop + store>(self: &EventHandle<T>): &GUID {
        &self.guid
    }

    /// How many events the stream has.
    public fun counter<T: drop + store>(self: &EventHandle<T>): u64 {
        self.counter
    }

    /// Closes the stream.
    public fun destroy_handle<T: drop + store>(handle: EventHandle<T>) {
        let EventHandle { counter: _, guid: _ } = handle;
    }

    native fun write_module_event_to_store<T: drop + store>(msg: T);

    native fun write_to_event_store<T: drop + store>(guid: vector<u8>, count: u64, msg: T);

    #[test_only]
    /// The module events of type `T` that this test emitted so far.
    public native fun emitted_events<T: drop + store>(): vector<T>;

    #[test_only]
    /// The events that this test emitted to `handle` so far.
    public native fun emitted_events_by_handle<T: drop + store>(handle: &EventHandle<T>): vector<T>;

    #[test_only]
    /// Whether this test emitted the module event `msg`.
    public fun was_event_emitted<T: drop + store>(msg: &T): bool {
        emitted_events<T>().contains(msg)
    }

    #[test_only]
    /// Whether this test emitted `msg` to `handle`.
    public fun was_event_emitted_by_handle<T: drop + store>(handle: &EventHandle<T>, msg: &T): bool {
        emitted_events_by_handle(handle).contains(msg)
    }

    #[test_only]
    struct Note has drop, store {
        text: vector<u8>
    }

    #[test_only]
    #[event]
    struct Published has drop, store {
        number: u64
    }

    #[test]
    fun a_stream_counts_its_events() {
        let next = 3;
        let handle = new_event_handle<Note>(aptos_framework::guid::create(@0x42, &mut next));
        assert!(counter(&handle) == 0 && guid(&handle).creation_num() == 3, 0);
        emit_event(&mut handle, Note { text: b"one" });
        emit_event(&mut handle, Note { text: b"two" });
        assert!(counter(&handle) == 2, 0);
        assert!(was_event_emitted_by_handle(&handle, &Note { text: b"two" }), 0);
        assert!(!was_event_emitted_by_handle(&handle, &Note { text: b"three" }), 0);
        destroy_handle(handle);
    }

    #[test]
    fun streams_are_apart() {
        let next = 0;
        let left = new_event_handle<Note>(aptos_framework::guid::create(@0x42, &mut next));
        let right = new_event_handle<Note>(aptos_framework::guid::create(@0x42, &mut next));
        emit_event(&mut left, Note { text: b"left" });
        assert!(emitted_events_by_handle(&right).is_empty(), 0);
        assert!(emitted_events_by_handle(&left) == vector[Note { text: b"left" }], 0);
        destroy_handle(left);
        destroy_handle(right);
    }

    #[test]
    fun module_events_keep_their_order() {
        emit(Published { number: 1 });
        emit(Published { number: 2 });
        assert!(emitted_events<Published>() == vector[Published { number: 1 }, Published { number: 2 }], 0);
        assert!(was_event_emitted(&Published { number: 1 }), 0);
        assert!(!was_event_emitted(&Published { number: 3 }), 0);
    }
}
