/// New values of chain parameters that wait for the next epoch, at most one of each type.
module aptos_framework::config_buffer {
    use std::string::String;
    use aptos_std::any::{Self, Any};
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::type_info;
    use aptos_framework::system_addresses;

    /// The values that wait, at `0x1`.
    struct PendingConfigs has key {
        /// From the name of a type to its packed value.
        configs: SimpleMap<String, Any>
    }

    /// Sets up the buffer, at genesis.
    public fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        if (!exists<PendingConfigs>(@aptos_framework)) {
            move_to(aptos_framework, PendingConfigs { configs: simple_map::new() });
        }
    }

    /// Whether a value of type `T` waits.
    public fun does_exist<T: store>(): bool {
        exists<PendingConfigs>(@aptos_framework)
            && PendingConfigs[@aptos_framework].configs.contains_key(&type_info::type_name<T>())
    }

    /// Lets `config` wait for the next epoch, in place of one that waits already.
    public(package) fun upsert<T: drop + store>(config: T) {
        PendingConfigs[@aptos_framework].configs.upsert(type_info::type_name<T>(), any::pack(config));
    }

    /// Takes the value of type `T` out. Aborts if none waits.
    public(package) fun extract_v2<T: store>(): T {
        let (_, packed) = PendingConfigs[@aptos_framework].configs.remove(&type_info::type_name<T>());
        packed.unpack()
    }

    #[test_only]
    struct Limit has drop, store {
        value: u64
    }

    #[test(framework = @aptos_framework)]
    fun keeps_the_latest_of_a_type(framework: &signer) {
        assert!(!does_exist<Limit>(), 0);
        initialize(framework);
        initialize(framework);
        assert!(!does_exist<Limit>(), 0);
        upsert(Limit { value: 1 });
        upsert(Limit { value: 2 });
        assert!(does_exist<Limit>(), 0);
        assert!(extract_v2<Limit>() == Limit { value: 2 }, 0);
        assert!(!does_exist<Limit>(), 0);
    }
}
