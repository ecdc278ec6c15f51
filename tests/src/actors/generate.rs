//! Random trees: the same for the same seed.

use super::{
    ACCOUNTS, ACTORS, CHILD, FIRST_MOVE_ACTOR, Frame, Mode, Root, Step, account, is_move,
    run::{move_user, user},
};
use alloy_primitives::{B256, keccak256};
use lumio_types::AccountId;

/// Frames of a tree, at most.
const MOST_FRAMES: u64 = 24;
/// Frames above each other, at most.
const MOST_DEPTH: u32 = 6;

/// Where a frame is going to be.
#[derive(Clone, Copy)]
struct Place {
    /// Whose call it is.
    caller: AccountId,
    depth: u32,
    is_static: bool,
    /// It gets a little gas, and is to use it up.
    is_limited: bool,
    /// How often each actor is further out.
    open: [u8; ACTORS as usize],
}

/// A source of trees.
#[derive(Clone, Debug)]
pub struct Generator {
    state: u64,
    salts: u64,
    frames: u64,
    /// How many more callees may use up all the gas that there is. Each leaves a 64th.
    burns: u32,
    /// The actor of Move that this tree meets most: what one session has read, another one changes.
    favourite: u8,
    /// Contracts that some tree may have made.
    children: Vec<AccountId>,
}

impl Generator {
    pub const fn new(seed: u64) -> Self {
        Self {
            state: seed,
            salts: seed << 32,
            frames: 0,
            burns: 0,
            favourite: FIRST_MOVE_ACTOR,
            children: Vec::new(),
        }
    }

    /// A number below another (SplitMix64).
    fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn byte(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(u64::from(end))).unwrap()
    }

    fn chance(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    pub fn tree(&mut self) -> Root {
        self.frames = 1 + self.below(MOST_FRAMES);
        self.favourite = FIRST_MOVE_ACTOR + self.byte(ACTORS - FIRST_MOVE_ACTOR);
        let kind = self.below(20);
        self.burns = if kind < 13 { 3 } else { 1 };
        let mut place = Place {
            caller: user(),
            depth: MOST_DEPTH,
            is_static: false,
            is_limited: false,
            open: [0; ACTORS as usize],
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
            _ => {
                let actor = self.move_actor();
                place.caller = move_user();
                Root::Move(self.frame(actor, place))
            }
        }
    }

    fn move_actor(&mut self) -> u8 {
        if self.chance(2) {
            return self.favourite;
        }
        FIRST_MOVE_ACTOR + self.byte(ACTORS - FIRST_MOVE_ACTOR)
    }

    /// Whether something may happen that uses up a callee's gas.
    fn may_burn(&mut self, place: &Place) -> bool {
        if place.is_limited {
            return true;
        }
        let may = self.burns > 0;
        self.burns -= u32::from(may);
        may
    }

    fn frame(&mut self, actor: u8, mut place: Place) -> Frame {
        let waits = place.open[usize::from(actor)] > 0;
        place.open[usize::from(actor)] += 1;
        place.depth -= 1;
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
        if place.is_static {
            frame.quiet = !(self.chance(16) && (is_move(actor) || self.may_burn(&place)));
        } else {
            frame.quiet = self.chance(8);
        }
        let me = match is_move(actor) && !frame.is_itself {
            true => place.caller,
            false => account(actor),
        };
        let steps = if place.is_limited {
            self.below(3)
        } else {
            2 + self.below(6)
        };
        let may_read_twice = self.favourite != actor && self.frames >= 4 && place.depth > 2;
        if is_move(actor) && may_read_twice && !place.is_static && self.chance(4) {
            self.read_around(me, &place, &mut frame.steps);
        }
        for _ in 0..steps {
            let step = self.step(&frame, me, waits, &place);
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

    fn step(&mut self, frame: &Frame, me: AccountId, waits: bool, place: &Place) -> Step {
        let in_move = frame.is_move();
        loop {
            let kind = self.below(100);
            let changes = !matches!(kind, 28..66);
            if place.is_static && changes {
                // What is not allowed, at times.
                if !self.chance(12) || !(in_move || self.may_burn(place)) {
                    if self.chance(8) {
                        return Step::Poke(account(7));
                    }
                    continue;
                }
            }
            let touches = in_move && waits && !self.chance(16);
            let (key, value) = (self.byte(4), self.byte(4));
            match kind {
                0..10 if !touches => {
                    let value = if self.chance(12) { 255 } else { value };
                    return Step::Write(key, value);
                }
                10..18 if !touches => return Step::Add(key, value),
                18..25 => return Step::Mark(self.byte(200)),
                28..62 if place.depth > 0 && self.frames > 0 && !place.is_limited => {
                    return self.call(frame, me, waits, place);
                }
                62..66 if !in_move && self.chance(2) => {
                    return Step::Delegate(self.little(FIRST_MOVE_ACTOR));
                }
                66..73 => return Step::Pay(self.byte(ACCOUNTS), self.octas()),
                25..28 | 73..76 => {
                    if let Some(child) = self.child(place, in_move) {
                        return Step::Give(child, self.octas());
                    }
                }
                76..81 if place.depth > 0 && self.frames > 0 && !place.is_limited => {
                    return self.queue(in_move, me, place);
                }
                81..86 => {
                    self.salts += 1;
                    let salt = B256::left_padding_from(&self.salts.to_be_bytes());
                    let child = me.evm_address().create2(salt, keccak256(CHILD));
                    self.children.push(AccountId::from_evm(child));
                    return Step::Create(salt, self.byte(60));
                }
                86..92 => {
                    if let Some(child) = self.child(place, in_move) {
                        return Step::Poke(child);
                    }
                }
                92..95 => return Step::Fail(self.byte(200)),
                95 if !in_move && self.may_burn(place) => return Step::Burn,
                96 if !in_move => return Step::Destroy(self.byte(ACCOUNTS)),
                97 if !in_move => return Step::Forge(self.little(FIRST_MOVE_ACTOR)),
                _ => {}
            }
        }
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

    fn octas(&mut self) -> u8 {
        if self.chance(8) {
            250
        } else {
            1 + self.byte(20)
        }
    }

    /// A contract that may be there. In a static call it uses up the gas when Move calls it.
    fn child(&mut self, place: &Place, in_move: bool) -> Option<AccountId> {
        if self.children.is_empty() || (place.is_static && in_move && !self.may_burn(place)) {
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

    fn queue(&mut self, in_move: bool, me: AccountId, place: &Place) -> Step {
        self.frames -= 1;
        let actor = match in_move {
            true => self.byte(FIRST_MOVE_ACTOR),
            false => self.move_actor(),
        };
        Step::Queue(self.frame(
            actor,
            Place {
                caller: me,
                is_static: false,
                open: [0; ACTORS as usize],
                ..*place
            },
        ))
    }

    fn call(&mut self, frame: &Frame, me: AccountId, waits: bool, place: &Place) -> Step {
        self.frames -= 1;
        let actor = match frame.is_move() {
            true if self.below(4) > 0 => self.byte(FIRST_MOVE_ACTOR),
            true => self.move_actor(),
            false if self.chance(2) => self.byte(FIRST_MOVE_ACTOR),
            false => self.move_actor(),
        };
        let mut mode = Mode {
            catches: self.below(3) > 0,
            is_static: self.chance(8),
            raw: self.chance(2),
            ..Mode::default()
        };
        if self.chance(if is_move(actor) { 16 } else { 3 }) {
            mode.value = if self.chance(8) { 255 } else { self.byte(90) };
        }
        if frame.is_move() {
            mode.borrows =
                !is_move(actor) && self.chance(8) && !place.is_static && (!waits || self.chance(4));
            mode.is_static &= !is_move(actor);
        } else {
            mode.limited = self.chance(16);
            mode.starved = !mode.limited && self.chance(20);
            if mode.starved || place.is_static {
                mode.value = 0;
            }
        }
        let place = Place {
            caller: me,
            is_static: place.is_static || mode.is_static,
            is_limited: mode.limited,
            ..*place
        };
        Step::Call(mode, self.frame(actor, place))
    }
}
