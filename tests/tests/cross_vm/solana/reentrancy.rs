//! X9: the Solana VM is not entered again while one of its programs waits; others may come back.

use super::stage::*;

/// The ways on which Solana would be entered again, of three and of four machines.
fn back_to_solana() -> Vec<Vec<u8>> {
    vec![
        vec![10, 1, 11],
        vec![10, 5, 11],
        vec![10, 1, 10],
        vec![10, 5, 10],
        vec![10, 1, 5, 11],
        vec![10, 5, 1, 11],
        vec![0, 10, 1, 11],
        vec![3, 10, 5, 11],
        vec![0, 3, 10, 1, 11],
        vec![3, 0, 10, 5, 10],
    ]
}

fn nested(actors: &[u8], last: impl Fn(Frame) -> Step) -> Frame {
    let mut inner: Option<Frame> = None;
    for (at, actor) in actors.iter().enumerate().rev() {
        let mut steps = vec![Step::Write(1, 7)];
        if let Some(inner) = inner.take() {
            steps.push(match at + 2 == actors.len() {
                true => last(inner),
                false => call(inner),
            });
            steps.push(Step::Write(2, 8));
        }
        inner = Some(frame(*actor, steps));
    }
    inner.unwrap()
}

#[test]
fn x9_solana_is_not_entered_again_and_everything_is_taken_back() {
    for actors in back_to_solana() {
        let mut stage = Stage::new();
        let before = rest(&stage);
        let (happened, _) = run(&mut stage, nested(&actors, call));
        assert_eq!(happened["Solana: entered again while it waits"], 1);
        assert_eq!(rest(&stage), before, "{actors:?}");
    }
}

#[test]
fn x9_whoever_is_refused_may_go_on() {
    for actors in back_to_solana() {
        let mut stage = Stage::new();
        let (happened, _) = run(&mut stage, nested(&actors, try_call));
        assert_eq!(happened["Solana: entered again while it waits"], 1);
        for actor in &actors[..actors.len() - 1] {
            assert_eq!(cell(&stage, *actor, 2), 8, "{actors:?}");
        }
        let last = actors[actors.len() - 1];
        if !actors[..actors.len() - 1].contains(&last) {
            assert_eq!(cell(&stage, last, 1), 0, "{actors:?}");
        }
    }
}

#[test]
fn x9_a_queued_call_may_enter_solana_again() {
    for (outer, queues) in [(10, 1), (10, 5), (0, 10), (3, 10)] {
        let again = frame(11, vec![Step::Write(1, 5), Step::Pay(PAYEE, 1)]);
        let queues = match vm_of(queues) {
            // Solana queues calls of the others, and they those of it.
            VmId::Svm => {
                let queue_on = frame(1, vec![Step::Queue(again)]);
                frame(queues, vec![Step::Write(1, 4), Step::Queue(queue_on)])
            }
            _ => frame(queues, vec![Step::Queue(again)]),
        };
        let mut stage = Stage::new();
        let (happened, _) = run(
            &mut stage,
            frame(outer, vec![call(queues), Step::Write(1, 3)]),
        );
        assert!(happened["a queued call ran"] >= 1);
        assert_eq!(cell(&stage, 11, 1), 5, "{outer}");
        assert_eq!(cell(&stage, outer, 1), 3, "{outer}");
    }
}

#[test]
fn x9_a_resource_that_is_borrowed_is_out_of_reach_through_solana_too() {
    let borrowing = |frame| {
        let mode = Mode {
            catches: true,
            borrows: true,
            ..Mode::default()
        };
        Step::Call(mode, frame)
    };
    // Solana calls the module that waits for it: it may run, but not touch what it has.
    for (steps, touches) in [
        (vec![Step::Write(3, 6)], true),
        (vec![Step::Mark(6)], false),
    ] {
        let again = Frame {
            keeps_state: false,
            is_itself: false,
            ..frame(5, steps)
        };
        let through = frame(10, vec![try_call(again), Step::Write(1, 4)]);
        let mut stage = Stage::new();
        let (happened, _) = run(&mut stage, frame(5, vec![borrowing(through)]));
        let refused = happened.contains_key("a resource of a module that waits");
        assert_eq!(refused, touches, "{happened:?}");
        assert_eq!(cell(&stage, 5, 3), 0);
        assert_eq!((cell(&stage, 5, 0), cell(&stage, 5, 1)), (7, 8));
        assert_eq!(cell(&stage, 10, 1), 4);
    }
}

#[test]
fn x9_a_program_that_waits_is_not_called_by_another_program() {
    let mut stage = Stage::new();
    let before = rest(&stage);
    let again = frame(10, vec![Step::Write(1, 5)]);
    let (happened, _) = run(
        &mut stage,
        frame(10, vec![call(frame(11, vec![call(again)]))]),
    );
    assert_eq!(happened["Solana: a program that waits further out"], 1);
    assert_eq!(rest(&stage), before);
}
