//! Random trees: the same for the same seed.

use super::{
    ACCOUNTS, FIRST_MOVE_ACTOR, FIRST_SOLANA_ACTOR, Frame, LAST_MOVE_ACTOR, Mode, Root, Step,
    account, is_move,
    run::{move_user, solana_user, user},
    vm_of,
};
use lumio_types::{AccountId, VmId};
use lumio_vm_svm::{GAS_PER_COMPUTE_UNIT, MAX_CALL_UNITS};

/// Frames of a tree, at most.
const MOST_FRAMES: u64 = 24;
/// Frames above each other, at most.
const MOST_DEPTH: u32 = 6;

/// Gas of a run of Solana's programs that is planned with. What is below it has to suffice, too.
const RUN_GAS: u64 = MAX_CALL_UNITS * GAS_PER_COMPUTE_UNIT / 8 * 7;
/// Accounts that have their rent.
const RICH: [u8; 7] = [0, 1, 3, 5, 8, 10, 11];

/// Where a frame is going to be.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Whose call it is.
    pub caller: AccountId,
    pub depth: u32,
    pub is_static: bool,
    /// It gets a little gas, and is to use it up.
    pub is_limited: bool,
    /// How often each actor is further out.
    pub open: [u8; ACCOUNTS as usize],
    /// Instructions of Solana that are open.
    pub instructions: u8,
    /// Accounts of Solana may not be written.
    pub narrow: bool,
}

/// A source of trees.
#[derive(Clone, Debug)]
pub struct Generator {
    state: u64,
    pub(super) salts: u64,
    pub(super) frames: u64,
    /// How many more callees may use up all the gas that there is. Each leaves a 64th.
    burns: u32,
    /// Gas that is left of a run of Solana's programs. None outside of one.
    pub(super) gas: Option<u64>,
    /// The tree is a Solana transaction.
    pub(super) is_solana: bool,
    /// The tree is a Move transaction, whose gas has a bound.
    is_moving: bool,
    /// The actor of Move that this tree meets most: what one session has read, another one changes.
    favourite: u8,
    /// Contracts that some tree may have made.
    pub(super) children: Vec<AccountId>,
}

impl Generator {
    pub const fn new(seed: u64) -> Self {
        Self {
            state: seed,
            salts: seed << 32,
            frames: 0,
            burns: 0,
            gas: None,
            is_solana: false,
            is_moving: false,
            favourite: FIRST_MOVE_ACTOR,
            children: Vec::new(),
        }
    }

    /// A number below another (SplitMix64).
    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    pub(super) fn byte(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(u64::from(end))).unwrap()
    }

    pub(super) fn chance(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    pub fn tree(&mut self) -> Root {
        self.frames = 1 + self.below(MOST_FRAMES);
        self.gas = None;
        self.favourite = self.any_move_actor();
        let kind = self.below(24);
        self.is_solana = kind > 20;
        self.is_moving = (13..20).contains(&kind);
        self.burns = if self.is_moving { 1 } else { 3 };
        let mut place = Place {
            caller: user(),
            depth: MOST_DEPTH,
            is_static: false,
            is_limited: false,
            open: [0; ACCOUNTS as usize],
            instructions: 0,
            narrow: false,
        };
        match kind {
            0..9 => {
                let actor = self.byte(FIRST_MOVE_ACTOR);
                let value = self.byte(40);
                Root::Evm(self.frame(actor, place), value)
            }
            9..13 => {
                let actor = self.move_actor();
                Root::CrossVm(self.frame(actor, place))
            }
            13..20 => {
                let actor = self.move_actor();
                place.caller = move_user();
                Root::Move(self.frame(actor, place))
            }
            20 => {
                let actor = self.solana_actor(&place);
                Root::CrossVm(self.run(actor, place))
            }
            _ => {
                let actor = self.solana_actor(&place);
                place.caller = solana_user();
                Root::Solana(self.run(actor, place))
            }
        }
    }

    /// The outermost frame of a run of Solana's programs.
    pub(super) fn run(&mut self, actor: u8, place: Place) -> Frame {
        let gas = self.gas.replace(RUN_GAS);
        let frame = self.frame(actor, place);
        self.gas = gas;
        frame
    }

    /// Whether so much gas of a run is left, which is then spent.
    pub(super) fn spend(&mut self, gas: u64) -> bool {
        match &mut self.gas {
            None => true,
            Some(left) => match left.checked_sub(gas) {
                Some(rest) => {
                    *left = rest;
                    true
                }
                None => false,
            },
        }
    }

    fn any_move_actor(&mut self) -> u8 {
        FIRST_MOVE_ACTOR + self.byte(LAST_MOVE_ACTOR + 1 - FIRST_MOVE_ACTOR)
    }

    /// Mostly one whose program does not wait.
    pub(super) fn solana_actor(&mut self, place: &Place) -> u8 {
        loop {
            let actor = FIRST_SOLANA_ACTOR + self.byte(ACCOUNTS - FIRST_SOLANA_ACTOR);
            if place.open[usize::from(actor)] == 0 || self.chance(3) {
                return actor;
            }
        }
    }

    /// A program that calls itself, as often as it may or once more.
    fn well(&mut self, actor: u8) -> Step {
        let mut inner = vec![Step::Mark(1)];
        for _ in 0..2 + self.below(4) {
            let frame = Frame {
                actor,
                steps: inner,
                ..Frame::default()
            };
            inner = vec![Step::Call(Mode::default(), frame)];
        }
        inner.remove(0)
    }

    /// Somebody who is paid: mostly one whom Solana's programs may pay.
    pub(super) fn payee(&mut self) -> u8 {
        if self.gas.is_some() && !self.chance(6) {
            return RICH[usize::from(self.byte(7))];
        }
        self.byte(ACCOUNTS)
    }

    pub(super) fn move_actor(&mut self) -> u8 {
        if self.chance(2) {
            return self.favourite;
        }
        self.any_move_actor()
    }

    /// Whether something may happen that uses up a callee's gas.
    pub(super) fn may_burn(&mut self, place: &Place) -> bool {
        if place.is_limited {
            return true;
        }
        let may = self.burns > 0 && self.gas.is_none();
        self.burns -= u32::from(may);
        may
    }

    /// Whether a program of Solana may use up all units of its run. Of a transaction whose gas has
    /// a bound, that is as much as any callee leaves.
    pub(super) fn may_burn_units(&mut self, place: &Place) -> bool {
        if place.is_limited || !self.is_moving {
            return true;
        }
        let may = self.burns > 0;
        self.burns -= u32::from(may);
        may
    }

    pub(super) fn frame(&mut self, actor: u8, mut place: Place) -> Frame {
        let vm = vm_of(actor);
        let waits = place.open[usize::from(actor)] > 0;
        place.open[usize::from(actor)] += 1;
        place.depth -= 1;
        place.instructions += u8::from(vm == VmId::Svm);
        let mut frame = Frame {
            actor,
            seed: self.byte(120),
            ..Frame::default()
        };
        if is_move(actor) {
            let likely = self.below(12);
            frame.keeps_state = if waits { likely == 0 } else { likely < 10 };
            frame.is_itself = frame.keeps_state && self.below(5) < 3;
        }
        if vm == VmId::Svm {
            frame.is_itself = self.below(5) < 3;
        }
        if place.is_static {
            frame.quiet = !(self.chance(16) && (vm != VmId::Evm || self.may_burn(&place)));
        } else {
            frame.quiet = self.chance(8);
        }
        let me = match vm != VmId::Evm && !frame.is_itself {
            true => place.caller,
            false => account(actor),
        };
        let steps = if place.is_limited {
            self.below(3)
        } else {
            2 + self.below(6)
        };
        let may_read_twice =
            self.favourite != actor && self.frames >= 4 && place.depth > 2 && self.gas.is_none();
        if is_move(actor) && may_read_twice && !place.is_static && self.chance(4) {
            self.read_around(me, &place, &mut frame.steps);
        }
        if vm == VmId::Svm && !place.is_limited && self.chance(50) && self.spend(60_000) {
            // More instructions than a run may have.
            frame.steps = vec![Step::Pay(8, 1); 64];
        }
        if vm == VmId::Svm && self.chance(35) && self.spend(60_000) {
            frame.steps.push(self.well(actor));
        }
        for _ in 0..steps {
            let Some(step) = self.step(&frame, me, waits, &place) else {
                break;
            };
            let ends = matches!(step, Step::Fail(_) | Step::Burn | Step::Destroy(_));
            let poked = match step {
                Step::Poke(child) if is_move(actor) => Some(child),
                _ => None,
            };
            frame.steps.push(step);
            if ends {
                return frame;
            }
            // What a contract is given after it has destroyed itself is burnt.
            if let Some(child) = poked.filter(|_| self.chance(3)) {
                frame.steps.push(Step::Give(child, self.octas()));
            }
        }
        if place.is_limited {
            frame.steps.push(Step::Burn);
        }
        frame
    }

    /// What the session has read is changed further in, and read again.
    fn read_around(&mut self, me: AccountId, place: &Place, steps: &mut Vec<Step>) {
        self.frames -= 4;
        let favourite = self.favourite;
        let at = Place {
            caller: me,
            ..*place
        };
        let reads = |generator: &mut Self| {
            let mut frame = generator.frame(favourite, at);
            frame.keeps_state = true;
            Step::Call(Mode::default(), frame)
        };
        steps.push(reads(self));
        let between = self.byte(FIRST_MOVE_ACTOR);
        let mut between = self.frame(between, at);
        let inner = Place {
            caller: account(between.actor),
            depth: at.depth - 1,
            ..at
        };
        let mut writes = self.frame(favourite, inner);
        writes.keeps_state = true;
        writes
            .steps
            .insert(0, Step::Write(self.byte(4), self.byte(200)));
        let mode = Mode {
            catches: true,
            ..Mode::default()
        };
        between.steps.insert(0, Step::Call(mode, writes));
        steps.push(Step::Call(mode, between));
        steps.push(reads(self));
    }
}
