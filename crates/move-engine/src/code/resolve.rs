//! Resolves a function's body for its type arguments: operands are looked up, and a walk over the
//! verified code writes down the types of what is on the stack.

use alloc::{sync::Arc, vec::Vec};

use super::{
    Body, Code, Instance, InstanceId, Op, TypeKind,
    unit::{Unit, bounds},
    walk::Walk,
};
use crate::{Engine, StatusCode, VmError, VmResult, format::Bytecode};

impl Code {
    /// The body of an instance, resolved at first use. A native function has none:
    /// `MISSING_DEPENDENCY`, because nobody provides it.
    pub fn body(&mut self, engine: &Engine, id: InstanceId) -> VmResult<Arc<Body>> {
        if let Some(known) = self.known_body(id) {
            return Ok(known.clone());
        }
        let instance = self.instance(id)?.clone();
        let unit = self.unit(instance.unit)?.clone();
        let body = resolve(self, engine, &instance, &unit).map_err(|e| {
            let location = instance.module.clone();
            e.in_location(location.map_or(crate::Location::Script, crate::Location::Module))
        })?;
        let body = Arc::new(body);
        self.keep_body(id, body.clone());
        Ok(body)
    }
}

fn resolve(code: &mut Code, engine: &Engine, instance: &Instance, unit: &Unit) -> VmResult<Body> {
    let tables = &unit.module.tables;
    let def = bounds(tables.function_defs.get(instance.definition.index()))?;
    let Some(body) = &def.code else {
        let message = alloc::format!("nobody provides the native function {}", instance.name);
        return Err(VmError::new(StatusCode::MissingDependency).with_message(message));
    };
    let leaders = leaders(&body.code);
    let mut walk = Walk {
        code,
        engine,
        instance,
        unit,
        tables,
        stack: Vec::new(),
        ops: alloc::vec![Op::Nop; body.code.len()],
        cost: alloc::vec![0; body.code.len()],
        max_stack: 0,
    };
    let mut seen = alloc::vec![false; body.code.len()];
    let mut starts = alloc::vec![0_u16];
    while let Some(start) = starts.pop() {
        let mut offset = usize::from(start);
        if seen.get(offset).copied().unwrap_or(true) {
            continue;
        }
        // Every block begins and ends with an empty stack.
        walk.stack.clear();
        let mut cost = 0_u64;
        loop {
            let bytecode = bounds(body.code.get(offset))?;
            if let Some(seen) = seen.get_mut(offset) {
                *seen = true;
            }
            let op = walk.step(bytecode)?;
            check_sizes(walk.code, engine, &op)?;
            let price = walk
                .code
                .static_cost(engine, bytecode.opcode(), &op, &instance.locals)?;
            cost = cost.saturating_add(price);
            if let Some(place) = walk.ops.get_mut(offset) {
                *place = op;
            }
            starts.extend(bytecode.branch_target());
            if bytecode.is_unconditional_exit() {
                break;
            }
            offset = offset.saturating_add(1);
            if leaders.get(offset).copied().unwrap_or(true) {
                starts.push(u16::try_from(offset).unwrap_or(u16::MAX));
                break;
            }
        }
        if let Some(place) = walk.cost.get_mut(usize::from(start)) {
            *place = cost;
        }
    }
    let Walk {
        ops,
        cost,
        max_stack,
        ..
    } = walk;
    Ok(Body {
        ops: ops.into(),
        block_cost: cost.into(),
        leaders: leaders.into(),
        max_stack,
    })
}

/// The types that an instruction works on have sizes. Whoever lowers it needs them, so code that
/// cannot be lowered is refused when it is resolved.
fn check_sizes(code: &mut Code, engine: &Engine, op: &Op) -> VmResult<()> {
    match op {
        Op::Exists(ty)
        | Op::BorrowGlobal { of: ty, .. }
        | Op::MoveFrom(ty)
        | Op::MoveTo(ty)
        | Op::BorrowField { of: ty, .. }
        | Op::TestVariant { of: ty, .. }
        | Op::Pack { of: ty, .. }
        | Op::Unpack { of: ty, .. }
        | Op::LoadConstant(ty, _)
        | Op::VecLen { element: ty }
        | Op::VecBorrow { element: ty, .. }
        | Op::VecPushBack { element: ty }
        | Op::VecPopBack { element: ty }
        | Op::VecUnpack { element: ty, .. }
        | Op::VecSwap { element: ty } => code.words(engine, *ty).map(|_| ()),
        Op::VecPack { element, .. } => {
            let vector = code.types.vector(*element);
            code.words(engine, vector).map(|_| ())
        }
        Op::CallClosure(ty) => {
            let TypeKind::Function(function) = code.types.kind(*ty).clone() else {
                return Ok(());
            };
            for ty in &function.results {
                code.words(engine, *ty)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Where basic blocks begin: at the start, at targets of branches, and after each branch.
fn leaders(code: &[Bytecode]) -> Vec<bool> {
    let mut leaders = alloc::vec![false; code.len()];
    let mut mark = |offset: usize| {
        if let Some(leader) = leaders.get_mut(offset) {
            *leader = true;
        }
    };
    mark(0);
    for (offset, instruction) in code.iter().enumerate() {
        if let Some(target) = instruction.branch_target() {
            mark(usize::from(target));
        }
        if instruction.branch_target().is_some() || instruction.is_unconditional_exit() {
            mark(offset.saturating_add(1));
        }
    }
    leaders
}
