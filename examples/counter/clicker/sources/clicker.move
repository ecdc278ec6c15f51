/// Counts with a Solana program, as if it were a module.
module clicker::clicker {
    use std::signer;
    use aptos_framework::borsh;
    use aptos_framework::event;
    use aptos_framework::svm::{Self, Instruction};

    #[event]
    struct Clicked has drop, store {
        by: address,
        count: u64
    }

    /// The program sees the account as the one that signs.
    public entry fun click(account: &signer, program: address, counter: address, by: u64) {
        let me = signer::address_of(account);
        let reader = borsh::reader(svm::call_now(account, instruction(me, program, counter, by)));
        event::emit(Clicked { by: me, count: reader.take_u64() });
    }

    /// Counts when the transaction's own code is done.
    public entry fun click_later(account: &signer, program: address, counter: address, by: u64) {
        svm::call(account, instruction(signer::address_of(account), program, counter, by));
    }

    #[view]
    /// What is in the counter's account: the count, and who has counted last.
    public fun read(counter: address): (u64, address) {
        let data = borsh::reader(svm::data(counter));
        (data.take_u64(), data.take_pubkey())
    }

    fun instruction(who: address, program: address, counter: address, by: u64): Instruction {
        let data = vector[];
        borsh::put_u64(&mut data, by);
        svm::instruction(program, vector[svm::writable(counter), svm::signing(who)], data)
    }
}
