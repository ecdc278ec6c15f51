/// Signs the guest book, a contract, as if it were a module. `guestbook` is written by `lumio bindings move`.
module visitor::visitor {
    use std::signer;
    use std::string::String;
    use visitor::guestbook;

    /// The guest book does not say what was written
    const EWRONG: u64 = 1;

    /// Signs, pays, and reads it again.
    public entry fun visit(account: &signer, book: address, text: String, wei: u256) {
        let book = guestbook::at(book);
        let number = book.sign(account, wei, text);
        let page = book.page(account, number);
        assert!(page.page_visitor() == signer::address_of(account) && page.page_text() == text, EWRONG);

        // A failure can be caught.
        let (ok, _) = book.try_sign(account, 0, std::string::utf8(b""));
        assert!(!ok, EWRONG);
    }
}
