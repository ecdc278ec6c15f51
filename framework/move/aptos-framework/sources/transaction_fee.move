/// Fees of Move transactions: taking them from the payer, and the statement of what they were for. Fees are not
/// destroyed, since the ETH on this chain stands for ETH that the bridge holds: they go to the sequencer's fee vault.
module aptos_framework::transaction_fee {
    use std::error;
    use aptos_framework::event;
    use aptos_framework::native_coin;

    /// The account has not enough for the fee
    const ECANT_PAY_FEE: u64 = 6;
    /// The fee vault has not enough for the refund
    const ECANT_PAY_REFUND: u64 = 7;

    /// The predeployed contract that collects the sequencer's fees.
    const FEE_VAULT: address = @0x4200000000000000000000000000000000000011;

    #[event]
    /// What a transaction paid, apart from a refund: `total_charge_gas_units` is the gas used, and includes the storage
    /// fee at the transaction's gas price; the other fields tell how it came about.
    struct FeeStatement has drop, store {
        /// In gas units: execution, input and output, and storage.
        total_charge_gas_units: u64,
        /// Gas for execution.
        execution_gas_units: u64,
        /// Gas for access to state.
        io_gas_units: u64,
        /// Fee for new state, in octas.
        storage_fee_octas: u64,
        /// Refund for state that was deleted, in octas.
        storage_fee_refund_octas: u64
    }

    /// Takes `fee` octas from `account`. Aborts if it has not enough.
    public(package) fun burn_fee(account: address, fee: u64) {
        assert!(native_coin::pay_fee(account, FEE_VAULT, fee), error::out_of_range(ECANT_PAY_FEE));
    }

    /// Gives `refund` octas to `account`, out of earlier fees.
    public(package) fun mint_and_refund(account: address, refund: u64) {
        assert!(native_coin::transfer(FEE_VAULT, account, refund), error::out_of_range(ECANT_PAY_REFUND));
    }

    /// Emits the statement. The VM calls this at the end of each Move transaction.
    fun emit_fee_statement(fee_statement: FeeStatement) {
        event::emit(fee_statement)
    }

    #[test]
    fun fees_go_to_the_vault_and_refunds_come_out_of_it() {
        native_coin::set_balance(@0x42, 100);
        burn_fee(@0x42, 60);
        assert!(native_coin::balance(@0x42) == 40 && native_coin::balance(FEE_VAULT) == 60, 0);
        mint_and_refund(@0x42, 10);
        assert!(native_coin::balance(@0x42) == 50 && native_coin::balance(FEE_VAULT) == 50, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20006, location = Self)]
    fun a_fee_needs_the_balance() {
        native_coin::set_balance(@0x42, 100);
        burn_fee(@0x42, 101);
    }

    #[test]
    #[expected_failure(abort_code = 0x20007, location = Self)]
    fun a_refund_needs_earlier_fees() {
        mint_and_refund(@0x42, 1);
    }

    #[test]
    fun statements_are_events() {
        emit_fee_statement(
            FeeStatement {
                total_charge_gas_units: 10,
                execution_gas_units: 6,
                io_gas_units: 4,
                storage_fee_octas: 0,
                storage_fee_refund_octas: 0
            }
        );
        assert!(event::emitted_events<FeeStatement>()[0].total_charge_gas_units == 10, 0);
    }
}
