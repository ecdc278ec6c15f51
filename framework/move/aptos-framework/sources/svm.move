/// Calls of Solana programs from Move: at once, with what they return, or queued until the transaction's own code is
/// done. A program sees the account of the `signer` as an account that signs; a module may also have addresses of its
/// own there, which are derived of seeds, and sign for them.
///
/// `spl_token` builds the instructions of Solana's token program, `borsh` the data of others. `docs/cross-vm.md` has the
/// rules.
module aptos_framework::svm {
    use std::bcs;
    use std::signer;
    use aptos_framework::borsh;
    use aptos_framework::event;
    use aptos_framework::native_coin;

    /// The Solana program failed
    const ECALL_FAILED: u64 = 1;
    /// No address is derived of these seeds
    const EBAD_SEEDS: u64 = 2;
    /// What a Solana program has changed cannot be seen while it waits for this call
    const EPROGRAM_WAITS: u64 = 3;
    /// An account has more lamports than Solana counts
    const ETOO_MANY_LAMPORTS: u64 = 4;

    /// Wei of a lamport.
    const WEI_PER_LAMPORT: u256 = 1_000_000_000;
    const MAX_U64: u256 = 18446744073709551615;

    /// The program that stands for other virtual machines on Solana: `CrossVm111111111111111111111111111111111111`.
    const CROSS_VM: address = @0x0309b50dad823198c046af2657c60503355957fbfa29f6d9f76715c000000000;
    /// The system program.
    const SYSTEM: address = @0x0;
    /// The sysvar of rent: `SysvarRent111111111111111111111111111111111`.
    const RENT: address = @0x06a7d517192c5c51218cc94c3d4af17f58daee089ba1fd44e3dbd98a00000000;

    /// An account of an instruction.
    struct AccountMeta has copy, drop, store {
        /// Its public key.
        id: address,
        /// Whether it signs: the caller's, or an address that is derived of it.
        is_signer: bool,
        /// Whether the program may change it.
        is_writable: bool
    }

    /// What a Solana program is asked to do.
    struct Instruction has copy, drop, store {
        /// The program.
        program: address,
        /// The accounts that it works with.
        accounts: vector<AccountMeta>,
        /// What it makes sense of.
        data: vector<u8>
    }

    #[event]
    /// A call that runs when the transaction's own code is done.
    struct CallEvent has drop, store {
        /// The program.
        program: address,
        /// The accounts that it works with.
        accounts: vector<AccountMeta>,
        /// What it makes sense of.
        data: vector<u8>,
        /// Of what the addresses are derived that sign besides the caller's account.
        seeds: vector<vector<vector<u8>>>,
        /// The caller.
        caller: address
    }

    /// An account that the program only reads.
    public fun readonly(id: address): AccountMeta {
        AccountMeta { id, is_signer: false, is_writable: false }
    }

    /// An account that the program may change.
    public fun writable(id: address): AccountMeta {
        AccountMeta { id, is_signer: false, is_writable: true }
    }

    /// An account that signs.
    public fun signing(id: address): AccountMeta {
        AccountMeta { id, is_signer: true, is_writable: false }
    }

    /// An account that signs and that the program may change.
    public fun signing_writable(id: address): AccountMeta {
        AccountMeta { id, is_signer: true, is_writable: true }
    }

    /// An instruction.
    public fun instruction(program: address, accounts: vector<AccountMeta>, data: vector<u8>): Instruction {
        Instruction { program, accounts, data }
    }

    /// An instruction of the system program that makes an account, which signs. `payer` pays its lamports. `space` is how
    /// many bytes it has, `owner` its program.
    public fun create_account(
        payer: address, account: address, lamports: u64, space: u64, owner: address
    ): Instruction {
        let data = vector[];
        borsh::put_u32(&mut data, 0);
        borsh::put_u64(&mut data, lamports);
        borsh::put_u64(&mut data, space);
        borsh::put_pubkey(&mut data, owner);
        instruction(SYSTEM, vector[signing_writable(payer), signing_writable(account)], data)
    }

    /// An instruction of the system program that moves lamports.
    public fun transfer(from: address, to: address, lamports: u64): Instruction {
        let data = vector[];
        borsh::put_u32(&mut data, 2);
        borsh::put_u64(&mut data, lamports);
        instruction(SYSTEM, vector[signing_writable(from), writable(to)], data)
    }

    #[view]
    /// Lamports with which an account of so many bytes is exempt from rent.
    public fun rent_exemption(space: u64): u64 {
        (128 + space) * 6960
    }

    /// Queues a call: it runs when the transaction's own code is done, in the order in which calls were queued. If it
    /// fails, so does the whole transaction.
    public fun call(account: &signer, instruction: Instruction) {
        call_signed(account, instruction, vector[]);
    }

    /// Queues a call that addresses derived of these seeds sign, too: see `call_signed_now`.
    public fun call_signed(account: &signer, instruction: Instruction, seeds: vector<vector<vector<u8>>>) {
        let Instruction { program, accounts, data } = instruction;
        event::emit(CallEvent { program, accounts, data, seeds, caller: signer::address_of(account) });
    }

    /// Runs an instruction now and returns what the program returns. If it fails, so does this function.
    public fun call_now(account: &signer, instruction: Instruction): vector<u8> {
        call_signed_now(account, instruction, vector[])
    }

    /// The same; a failure is returned, with its data, and nothing that the program did remains.
    public fun try_call_now(account: &signer, instruction: Instruction): (bool, vector<u8>) {
        try_call_signed_now(account, instruction, vector[])
    }

    /// Runs an instruction that addresses of the account sign, too. Each is named by its seeds, whose last one is the
    /// bump that `derived_address` returns.
    public fun call_signed_now(
        account: &signer, instruction: Instruction, seeds: vector<vector<vector<u8>>>
    ): vector<u8> {
        let Instruction { program, accounts, data } = instruction;
        let (_, output) = run(signer::address_of(account), program, accounts, data, seeds, false);
        output
    }

    /// The same; a failure is returned.
    public fun try_call_signed_now(
        account: &signer, instruction: Instruction, seeds: vector<vector<vector<u8>>>
    ): (bool, vector<u8>) {
        let Instruction { program, accounts, data } = instruction;
        run(signer::address_of(account), program, accounts, data, seeds, true)
    }

    #[view]
    /// The address that an account signs for with these seeds, and the bump that makes it one: the last seed of a call.
    /// Nobody else signs for it.
    public fun derived_address(account: address, seeds: vector<vector<u8>>): (address, u8) {
        let all = vector[bcs::to_bytes(&account)];
        all.append(seeds);
        find_program_address(all, CROSS_VM)
    }

    #[view]
    /// The address that a program has with these seeds and the first bump that makes it one, and that bump.
    public native fun find_program_address(seeds: vector<vector<u8>>, program: address): (address, u8);

    #[view]
    /// The address that a program has with these seeds, the bump among them. Aborts with `EBAD_SEEDS` if there is none.
    public native fun create_program_address(seeds: vector<vector<u8>>, program: address): address;

    #[view]
    /// The ETH of an account as Solana counts it, in lamports of 10^9 wei.
    public fun lamports(account: address): u64 {
        let lamports = native_coin::wei_balance(account) / WEI_PER_LAMPORT;
        assert!(lamports <= MAX_U64, std::error::out_of_range(ETOO_MANY_LAMPORTS));
        lamports as u64
    }

    #[view]
    /// The program that owns an account on Solana: the system program, if no other does.
    public fun owner(account: address): address {
        let (owner, _, _) = solana_account(account);
        owner
    }

    #[view]
    /// The data of an account on Solana. Those of sysvars are not among them: programs alone see these.
    public fun data(account: address): vector<u8> {
        let (_, _, data) = solana_account(account);
        data
    }

    #[view]
    /// Whether an account is a Solana program.
    public fun is_program(account: address): bool {
        let (_, is_program, _) = solana_account(account);
        is_program
    }

    #[view]
    /// The program that stands for other virtual machines on Solana.
    public fun cross_vm(): address {
        CROSS_VM
    }

    #[view]
    /// The system program, which owns the accounts that no other program does.
    public fun system(): address {
        SYSTEM
    }

    #[view]
    /// The sysvar of rent.
    public fun rent(): address {
        RENT
    }

    native fun run(
        caller: address,
        program: address,
        accounts: vector<AccountMeta>,
        data: vector<u8>,
        seeds: vector<vector<vector<u8>>>,
        tries: bool
    ): (bool, vector<u8>);

    /// The owner, whether it is a program, and the data.
    native fun solana_account(account: address): (address, bool, vector<u8>);

    #[test]
    fun an_address_is_derived_as_on_solana() {
        // The associated token account of a wallet, which has a fixed bump here.
        let token = @0x06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9;
        let associated = @0x8c97258f4e2489f1bb3d1029148e0d830b5a1399daff1084048e7bd8dbe9f859;
        let seeds = vector[bcs::to_bytes(&@0x11), bcs::to_bytes(&token), bcs::to_bytes(&@0x22)];
        let (found, bump) = find_program_address(seeds, associated);
        seeds.push_back(vector[bump]);
        assert!(create_program_address(seeds, associated) == found);
        assert!(found == @0x8f0cb48441f8635a31ea22535dd8476f9fc869d461d75dcec13ddee4461adf40 && bump == 255);
    }

    #[test]
    fun addresses_of_accounts_differ() {
        let (one, _) = derived_address(@0x11, vector[b"vault"]);
        let (other, _) = derived_address(@0x12, vector[b"vault"]);
        let (bare, _) = find_program_address(vector[b"vault"], CROSS_VM);
        let (own, _) = find_program_address(vector[b"vault"], @0x11);
        assert!(one != other && one != bare && one != own);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun a_seed_has_at_most_32_bytes() {
        find_program_address(vector[x"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"], SYSTEM);
    }

    #[test]
    fun lamports_are_rounded_down() {
        native_coin::set_balance(@0xcafe, 25);
        assert!(lamports(@0xcafe) == 250);
        assert!(owner(@0xcafe) == SYSTEM && data(@0xcafe).is_empty() && !is_program(@0xcafe));
    }
}
