#[test_only]
module std::acl_tests {
    use std::acl;

    #[test]
    fun an_address_is_allowed_between_add_and_remove() {
        let list = acl::empty();
        assert!(!list.contains(@0xa));

        list.add(@0xa);
        list.add(@0xb);
        assert!(list.contains(@0xa));
        list.assert_contains(@0xb);

        list.remove(@0xa);
        assert!(!list.contains(@0xa));
        assert!(list.contains(@0xb));
    }

    #[test]
    fun a_removed_address_can_come_back() {
        let list = acl::empty();
        list.add(@0xa);
        list.remove(@0xa);
        list.add(@0xa);
        list.assert_contains(@0xa);
    }

    #[test]
    fun removing_keeps_the_order_of_the_others() {
        let list = acl::empty();
        list.add(@0xa);
        list.add(@0xb);
        list.add(@0xc);
        list.remove(@0xa);

        let same = acl::empty();
        same.add(@0xb);
        same.add(@0xc);
        assert!(list == same);
    }

    #[test]
    #[expected_failure(abort_code = 0x10000, location = std::acl)]
    fun adding_twice_aborts() {
        let list = acl::empty();
        list.add(@0xa);
        list.add(@0xa);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = std::acl)]
    fun removing_what_is_absent_aborts() {
        let list = acl::empty();
        list.add(@0xa);
        list.remove(@0xb);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = std::acl)]
    fun asserting_what_is_absent_aborts() {
        acl::empty().assert_contains(@0xa);
    }
}
