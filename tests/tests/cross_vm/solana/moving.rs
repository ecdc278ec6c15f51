//! The world as Move has it: a module that runs whatever instruction of Solana it is told, and its
//! users.

use super::world::*;
use lumio_move_engine as engine;
use lumio_state::Finished;
pub(super) use lumio_tests::moving::MoveUser;
pub(super) use lumio_types::VmId;
use lumio_vm_bus::{Call, Outcome};

/// Where the modules of `fixtures/move/solana` are.
pub(super) const TREASURY: engine::Address = {
    let mut bytes = [0; 32];
    (bytes[0], bytes[1], bytes[30], bytes[31]) = (0xc0, 0x55, 0x50, 0xc0);
    engine::Address(bytes)
};

/// Gas of a call without a transaction around it.
const GAS: u64 = 5_000_000;

/// A user of Move with ETH.
pub(super) fn move_user(world: &mut World, number: u8) -> MoveUser {
    let user = MoveUser::new(number);
    lumio_tests::moving::fund(&mut world.memory, user.address, 100_000_000);
    user
}

/// The public key of a Move account.
pub(super) fn key_of(user: &MoveUser) -> Pubkey {
    Pubkey::new_from_array(user.address.0)
}

/// How a Move transaction ended.
pub(super) fn status(done: &Executed) -> String {
    let carried = done.carried.as_ref().unwrap();
    carried.as_move().unwrap().status.clone()
}

/// Arguments of an entry function that runs an instruction.
pub(super) fn bcs_of(instruction: &Instruction) -> Vec<Vec<u8>> {
    let count = u8::try_from(instruction.accounts.len()).unwrap();
    let list = |part: &dyn Fn(&AccountMeta) -> Vec<u8>| {
        let parts = instruction.accounts.iter().flat_map(part);
        [count].into_iter().chain(parts).collect::<Vec<u8>>()
    };
    let mut data = Vec::new();
    engine::bcs::put_bytes(&mut data, &instruction.data);
    vec![
        instruction.program_id.to_bytes().to_vec(),
        list(&|meta| meta.pubkey.to_bytes().to_vec()),
        list(&|meta| vec![u8::from(meta.is_signer)]),
        list(&|meta| vec![u8::from(meta.is_writable)]),
        data,
    ]
}

/// The same arguments for a call by another machine.
pub(super) fn abi_of(instruction: &Instruction) -> Vec<u8> {
    let accounts = &instruction.accounts;
    let ids: Vec<B256> = accounts.iter().map(|meta| b256(&meta.pubkey)).collect();
    let signs: Vec<bool> = accounts.iter().map(|meta| meta.is_signer).collect();
    let writes: Vec<bool> = accounts.iter().map(|meta| meta.is_writable).collect();
    let data = Bytes::copy_from_slice(&instruction.data);
    (b256(&instruction.program_id), ids, signs, writes, data).abi_encode_params()
}

impl World {
    /// A transaction of a Move user, in which the treasury runs an instruction.
    pub(super) fn treasury(
        &mut self,
        user: &mut MoveUser,
        function: &str,
        instruction: &Instruction,
    ) -> Executed {
        let sent = user.call_at(
            TREASURY,
            ("treasury", function),
            vec![],
            bcs_of(instruction),
        );
        self.keep(&sent)
    }

    /// A call without a transaction around it, which is kept.
    pub(super) fn bare(&mut self, call: Call) -> Outcome {
        let (outcome, finished) = self.tried(call);
        let before = self.memory.supply();
        self.memory.apply(&finished.writes);
        assert_eq!(self.memory.supply(), before, "wei are conserved");
        outcome
    }

    /// The same, not kept.
    pub(super) fn tried(&self, call: Call) -> (Outcome, Finished) {
        crate::world::bare(&self.executor, &self.memory, &self.block, call)
    }

    /// The treasury runs an instruction for a Move account, without a fee.
    pub(super) fn run_by_move(&mut self, caller: &Pubkey, instruction: &Instruction) -> Outcome {
        self.bare(function(
            caller,
            (TREASURY.0.into(), "treasury", "run"),
            abi_of(instruction),
        ))
    }
}

/// A call of a Move function by an account.
pub(super) fn function(
    caller: &Pubkey,
    (module, name, function): (B256, &str, &str),
    arguments: Vec<u8>,
) -> Call {
    let input = moves(name, function, arguments).into();
    Call::new(VmId::Move, id_of(caller), AccountId(module), input, GAS)
}
