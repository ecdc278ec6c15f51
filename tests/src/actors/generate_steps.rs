//! Random steps of frames, and the frames that they call.

use super::{
    ACCOUNTS, CHILD, FIRST_MOVE_ACTOR, FIRST_SOLANA_ACTOR, Frame, Mode, Step, account,
    generate::Generator, generate::Place, is_solana, vm_of,
};
use alloy_primitives::{B256, keccak256};
use lumio_types::{AccountId, VmId};

/// Gas that a run of Solana's programs is planned to need for a frame, besides its steps.
const fn frame_gas(vm: VmId) -> u64 {
    match vm {
        VmId::Evm => 30_000,
        VmId::Move => 40_000,
        VmId::Svm => 32_000,
    }
}

/// And for a step.
const fn step_gas(vm: VmId) -> u64 {
    match vm {
        VmId::Evm => 12_000,
        VmId::Move => 15_000,
        VmId::Svm => 20_000,
    }
}

impl Generator {
    /// A step, if there is gas for one.
    pub(super) fn step(
        &mut self,
        frame: &Frame,
        me: AccountId,
        waits: bool,
        place: &Place,
    ) -> Option<Step> {
        let vm = frame.vm();
        if !self.spend(step_gas(vm)) {
            return None;
        }
        loop {
            let step = match vm {
                VmId::Evm | VmId::Move => self.any_step(frame, me, waits, place),
                VmId::Svm => self.solana_step(me, place),
            };
            if let Some(step) = step {
                return Some(step);
            }
        }
    }

    fn any_step(
        &mut self,
        frame: &Frame,
        me: AccountId,
        waits: bool,
        place: &Place,
    ) -> Option<Step> {
        let in_move = frame.vm() == VmId::Move;
        let kind = self.below(100);
        let changes = !matches!(kind, 28..66);
        if place.is_static && changes {
            // What is not allowed, at times.
            if !self.chance(12) || !(in_move || self.may_burn(place)) {
                return self.chance(8).then(|| Step::Poke(account(7)));
            }
        }
        let touches = in_move && waits && !self.chance(16);
        let (key, value) = (self.byte(4), self.byte(4));
        let may_call = place.depth > 0 && self.frames > 0 && !place.is_limited;
        Some(match kind {
            0..10 if !touches && self.spend(20_000) => {
                Step::Write(key, if self.chance(12) { 255 } else { value })
            }
            10..18 if !touches && self.spend(20_000) => Step::Add(key, value),
            18..25 => Step::Mark(self.byte(200)),
            28..62 if may_call => return self.call(frame.vm(), me, waits, place),
            62..66 if !in_move && self.chance(2) => Step::Delegate(self.little(FIRST_MOVE_ACTOR)),
            66..73 if self.spend(30_000) => Step::Pay(self.payee(), self.octas()),
            25..28 | 73..76 if self.spend(40_000) => {
                Step::Give(self.child(place, in_move)?, self.octas())
            }
            76..81 if may_call && self.spend(60_000) => self.queue(frame.vm(), me, place),
            81..86 if self.spend(100_000) => {
                self.salts += 1;
                let salt = B256::left_padding_from(&self.salts.to_be_bytes());
                let child = me.evm_address().create2(salt, keccak256(CHILD));
                self.children.push(AccountId::from_evm(child));
                Step::Create(salt, self.byte(60))
            }
            86..92 if self.spend(40_000) => Step::Poke(self.child(place, in_move)?),
            92..95 => Step::Fail(self.byte(200)),
            95 if !in_move && self.may_burn(place) => Step::Burn,
            96 if !in_move => Step::Destroy(self.payee()),
            97 if !in_move => Step::Forge(self.little(FIRST_MOVE_ACTOR)),
            _ => return None,
        })
    }

    /// A failure here fails the whole run, so there are fewer.
    fn solana_step(&mut self, me: AccountId, place: &Place) -> Option<Step> {
        let kind = self.below(100);
        let changes = matches!(kind, 0..35);
        if (place.is_static || place.narrow) && changes && !self.chance(4) {
            return None;
        }
        let (key, value) = (self.byte(4), self.byte(4));
        let may_call = place.depth > 0 && self.frames > 0 && !place.is_limited;
        Some(match kind {
            0..12 => Step::Write(key, if self.chance(4) { 255 } else { value }),
            12..22 => Step::Add(key, value),
            22..35 => Step::Pay(self.payee(), self.octas()),
            35..50 => Step::Mark(self.byte(200)),
            50..85 if may_call => return self.call(VmId::Svm, me, false, place),
            85..90 if may_call && self.spend(40_000) => self.queue(VmId::Svm, me, place),
            90..94 if self.spend(50_000) => Step::Poke(self.child(place, false)?),
            94..97 => Step::Fail(self.byte(200)),
            97 if self.may_burn_units(place) => Step::Burn,
            _ => return None,
        })
    }

    pub(super) fn octas(&mut self) -> u8 {
        if self.chance(8) {
            250
        } else {
            1 + self.byte(20)
        }
    }

    /// A contract that may be there. In a static call it uses up the gas when Move calls it.
    fn child(&mut self, place: &Place, in_move: bool) -> Option<AccountId> {
        let is_risky = place.is_static && (in_move || self.gas.is_some());
        if self.children.is_empty() || (is_risky && !self.may_burn(place)) {
            return None;
        }
        let recent = self.children.len().min(3) as u64;
        let back = self.below(recent) + 1;
        let number = self.children.len() - usize::try_from(back).unwrap();
        Some(self.children[number])
    }

    /// A script that is not to be run.
    fn little(&mut self, actor: u8) -> Frame {
        Frame {
            actor,
            steps: vec![Step::Write(0, self.byte(9))],
            ..Frame::default()
        }
    }

    fn queue(&mut self, vm: VmId, me: AccountId, place: &Place) -> Step {
        self.frames -= 1;
        let actor = match vm {
            _ if vm != VmId::Svm && self.chance(4) => self.solana_actor(place),
            VmId::Evm => self.move_actor(),
            VmId::Move => self.byte(FIRST_MOVE_ACTOR),
            VmId::Svm if self.chance(2) => self.byte(FIRST_MOVE_ACTOR),
            VmId::Svm => self.move_actor(),
        };
        let place = Place {
            caller: me,
            is_static: false,
            open: [0; ACCOUNTS as usize],
            instructions: 0,
            narrow: false,
            ..*place
        };
        // What a Solana transaction has left is what its queued calls get.
        let gas = self.gas;
        if !self.is_solana {
            self.gas = None;
        }
        let frame = match is_solana(actor) && self.gas.is_none() {
            true => self.run(actor, place),
            false => self.frame(actor, place),
        };
        if !self.is_solana {
            self.gas = gas;
        }
        Step::Queue(frame)
    }

    /// Whom an actor calls.
    fn callee(&mut self, vm: VmId, place: &Place) -> u8 {
        let kind = self.below(8);
        if vm == VmId::Svm && place.instructions >= 2 && self.chance(2) {
            return FIRST_SOLANA_ACTOR + self.byte(ACCOUNTS - FIRST_SOLANA_ACTOR);
        }
        match (vm, kind) {
            (VmId::Evm, 0..3) | (VmId::Move, 0..5) => self.byte(FIRST_MOVE_ACTOR),
            (VmId::Evm, 3..6) | (VmId::Move, 5) => self.move_actor(),
            (VmId::Svm, 0..3) => {
                let last = u8::from(self.chance(4));
                self.byte(FIRST_MOVE_ACTOR - 1 + last)
            }
            (VmId::Svm, 3..6) => self.move_actor(),
            (_, _) => self.solana_actor(place),
        }
    }

    fn call(&mut self, vm: VmId, me: AccountId, waits: bool, place: &Place) -> Option<Step> {
        let actor = self.callee(vm, place);
        let callee = vm_of(actor);
        let is_too_deep = vm == VmId::Svm && place.instructions >= 5;
        if (is_too_deep && !self.chance(8)) || !self.spend(frame_gas(callee)) {
            return None;
        }
        self.frames -= 1;
        let mut mode = Mode {
            catches: self.below(3) > 0,
            is_static: self.chance(8),
            raw: self.chance(2),
            ..Mode::default()
        };
        let seldom = match (vm, callee) {
            (_, VmId::Evm) => 3,
            (VmId::Svm, _) => 6,
            _ => 16,
        };
        if self.chance(seldom) {
            let is_large = self.chance(if vm == VmId::Svm { 4 } else { 8 });
            mode.value = if is_large { 255 } else { self.byte(90) };
        }
        if place.narrow {
            mode.value = 0;
        }
        match vm {
            VmId::Move => {
                let borrows = callee != VmId::Move && self.chance(8) && !place.is_static;
                mode.borrows = borrows && (!waits || self.chance(4));
                mode.is_static &= callee == VmId::Evm;
                if callee == VmId::Svm {
                    mode.value = 0;
                }
            }
            VmId::Evm => {
                mode.limited = self.gas.is_none() && self.chance(16);
                mode.starved = !mode.limited && self.chance(20);
                if mode.starved || place.is_static {
                    mode.value = 0;
                }
            }
            VmId::Svm => {
                mode.limited = callee != VmId::Svm && self.chance(16) && self.spend(130_000);
                mode.starved = callee != VmId::Svm && !mode.limited && self.chance(20);
                mode.is_static &= callee != VmId::Svm;
                if callee == VmId::Svm {
                    mode.value = 0;
                }
            }
        }
        if is_solana(actor) && vm != VmId::Svm {
            mode.narrow = self.chance(if mode.is_static { 2 } else { 8 });
            if self.gas.is_some() {
                // The Solana VM is not entered again.
                return Some(Step::Call(mode, self.little(actor)));
            }
        }
        let place = Place {
            caller: me,
            is_static: place.is_static || mode.is_static,
            is_limited: mode.limited,
            narrow: place.narrow || mode.narrow,
            ..*place
        };
        let frame = match is_solana(actor) && vm != VmId::Svm {
            true => self.run(actor, place),
            false => self.frame(actor, place),
        };
        Some(Step::Call(mode, frame))
    }
}
