//! Labels become offsets, and locals that are left get their final numbers.

use std::collections::HashMap;

use lumio_move_engine::format::Bytecode;

use super::Finished;
use crate::codegen::{Draft, Label, Op};

/// `homes` says for each local which one has the slot that it gets.
pub(super) fn finish(draft: Draft, homes: &[u16]) -> Result<Finished, &'static str> {
    let mut offsets: HashMap<Label, u16> = HashMap::new();
    let mut offset = 0_usize;
    for step in &draft.steps {
        match step.op {
            Op::Label(label) => {
                let at = u16::try_from(offset).map_err(|_| "code in this function")?;
                offsets.insert(label, at);
            }
            _ => offset = offset.saturating_add(1),
        }
    }
    if offset > usize::from(u16::MAX) {
        return Err("code in this function");
    }
    let mut finished = Finished::default();
    let mut numbers: HashMap<u16, u8> = HashMap::new();
    let mut next = draft.parameters;
    for local in 0..draft.parameters {
        let number = u8::try_from(local).map_err(|_| "parameters")?;
        numbers.insert(u16::from(number), number);
    }
    let mut number = |local: u16, finished: &mut Finished| -> Result<u8, &'static str> {
        let local = homes.get(usize::from(local)).copied().unwrap_or(local);
        if let Some(known) = numbers.get(&local) {
            return Ok(*known);
        }
        let number = u8::try_from(next).ok().filter(|n| *n < u8::MAX);
        let number = number.ok_or("locals in this function")?;
        next = next.saturating_add(1);
        numbers.insert(local, number);
        finished
            .locals
            .extend(draft.slots.get(usize::from(local)).cloned());
        Ok(number)
    };
    let at = |label: &Label| offsets.get(label).copied().unwrap_or(u16::MAX);
    // Between blocks the stack is empty.
    let mut height = 0_usize;
    for step in &draft.steps {
        finished.clear.extend(match step.op {
            Op::Label(_) => None,
            _ => Some(height == 0),
        });
        finished.names.extend(match step.op {
            Op::Label(_) => None,
            ref op => Some(op.local().and_then(|local| {
                let slot = draft.slots.get(usize::from(local))?;
                (!slot.name.starts_with('$')).then(|| slot.name.clone())
            })),
        });
        height = match step.op {
            Op::Label(_) => 0,
            ref op if op.ends() => 0,
            _ => height
                .saturating_sub(step.pops)
                .saturating_add(step.pushes.len()),
        };
        let code = match &step.op {
            Op::Label(_) => continue,
            Op::Code(code) => code.clone(),
            Op::Jump(label) => Bytecode::Branch(at(label)),
            Op::JumpTrue(label) => Bytecode::BrTrue(at(label)),
            Op::JumpFalse(label) => Bytecode::BrFalse(at(label)),
            Op::Use(local) | Op::Copy(local) => Bytecode::CopyLoc(number(*local, &mut finished)?),
            Op::Move(local) => Bytecode::MoveLoc(number(*local, &mut finished)?),
            Op::Store(local) => Bytecode::StLoc(number(*local, &mut finished)?),
            Op::Borrow { local, mutable } => {
                let local = number(*local, &mut finished)?;
                match mutable {
                    true => Bytecode::MutBorrowLoc(local),
                    false => Bytecode::ImmBorrowLoc(local),
                }
            }
        };
        finished.code.push((code, step.span));
    }
    Ok(finished)
}
