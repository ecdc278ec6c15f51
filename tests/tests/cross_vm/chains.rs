//! X1, X2, X10 by pair: chains of calls in which each frame writes, pays and emits before it calls the
//! next one and after; then one of them fails, and one further out may catch it.

use lumio_tests::actors::{FIRST_MOVE_ACTOR, Frame, Mode, Root, Stage, Step, check};
use std::collections::BTreeMap;

/// How the frame fails.
#[derive(Clone, Copy, Debug)]
enum Failing {
    Reverts,
    Overflows,
}

struct Chain<'a> {
    actors: &'a [u8],
    fails: usize,
    catches: Option<usize>,
    how: Failing,
    is_raw: bool,
}

impl Chain<'_> {
    fn frame(&self, depth: usize) -> Frame {
        let mark = u8::try_from(depth).unwrap() + 1;
        let mut steps = vec![
            Step::Write(0, mark),
            Step::Write(2, 255),
            Step::Mark(mark),
            Step::Pay(7, mark),
        ];
        if depth + 1 < self.actors.len() {
            let mode = Mode {
                catches: self.catches == Some(depth),
                raw: self.is_raw,
                value: if self.actors[depth + 1] < FIRST_MOVE_ACTOR {
                    3
                } else {
                    0
                },
                ..Mode::default()
            };
            steps.push(Step::Call(mode, self.frame(depth + 1)));
        }
        steps.extend([
            Step::Write(1, mark),
            Step::Mark(mark + 100),
            Step::Pay(8, 1),
        ]);
        if depth == self.fails {
            steps.push(match self.how {
                Failing::Reverts => Step::Fail(mark),
                Failing::Overflows => Step::Add(2, 1),
            });
        }
        Frame {
            actor: self.actors[depth],
            keeps_state: true,
            is_itself: true,
            steps,
            ..Frame::default()
        }
    }

    /// Whether a frame of Move would have to catch what fails in its own session.
    fn cannot_catch(&self) -> bool {
        self.catches.is_some_and(|at| {
            self.actors[at] >= FIRST_MOVE_ACTOR && self.actors[at + 1] >= FIRST_MOVE_ACTOR
        })
    }

    fn roots(&self) -> Vec<Root> {
        match self.actors[0] < FIRST_MOVE_ACTOR {
            true => vec![Root::Evm(self.frame(0), 5)],
            false => vec![Root::CrossVm(self.frame(0)), Root::Move(self.frame(0))],
        }
    }
}

/// Every frame of the chain fails in turn, and every frame further out catches it in turn.
fn all_fail(actors: &[u8]) {
    for fails in 0..actors.len() {
        for catches in (0..fails).map(Some).chain([None]) {
            for (how, is_raw) in [(Failing::Reverts, false), (Failing::Overflows, true)] {
                let chain = Chain {
                    actors,
                    fails,
                    catches,
                    how,
                    is_raw,
                };
                if !chain.cannot_catch() {
                    chain
                        .roots()
                        .iter()
                        .for_each(|root| fails_as_a_whole(&chain, root));
                }
            }
        }
    }
    let chain = Chain {
        actors,
        fails: usize::MAX,
        catches: None,
        how: Failing::Reverts,
        is_raw: false,
    };
    for root in chain.roots() {
        let mut stage = Stage::new();
        let before = stage.world.clone();
        check(&mut stage, &root, &mut BTreeMap::new());
        for actor in actors {
            assert_ne!(before.cell(*actor, 1), stage.world.cell(*actor, 1));
        }
    }
}

fn fails_as_a_whole(chain: &Chain<'_>, root: &Root) {
    let mut stage = Stage::new();
    let (before, supply) = (stage.world.clone(), stage.memory.supply());
    check(&mut stage, root, &mut BTreeMap::new());
    assert_eq!(stage.memory.supply(), supply, "{:?} {root:?}", chain.how);
    let kept = chain.catches.map_or(0, |at| at + 1);
    for (depth, actor) in chain.actors.iter().enumerate() {
        let is_kept = depth < kept;
        let cells = [0, 1].map(|key| stage.world.cell(*actor, key));
        assert_eq!(cells != [0, 0], is_kept, "{depth} of {root:?}");
    }
    if kept == 0 {
        assert_eq!(before.cells, stage.world.cells);
        assert_eq!(before.links, stage.world.links);
    }
}

#[test]
fn x1_evm_to_evm() {
    all_fail(&[0, 1]);
    all_fail(&[0, 1, 2]);
}

#[test]
fn x1_evm_to_move() {
    all_fail(&[0, 3]);
}

#[test]
fn x1_move_to_evm() {
    all_fail(&[3, 0]);
    all_fail(&[5, 0]);
}

#[test]
fn x1_move_to_move() {
    all_fail(&[3, 4]);
    all_fail(&[3, 5, 6]);
}

#[test]
fn x1_evm_to_move_to_evm() {
    all_fail(&[0, 3, 1]);
    all_fail(&[0, 3, 1, 4]);
    all_fail(&[0, 1, 3, 2]);
}

#[test]
fn x1_move_to_evm_to_move() {
    all_fail(&[3, 0, 4]);
    all_fail(&[3, 0, 4, 1]);
    all_fail(&[3, 0, 1, 4]);
}
