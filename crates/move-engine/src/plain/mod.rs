//! The plain interpreter: the executable specification.
//!
//! It runs resolved instructions one by one on values that know their types, and checks at each
//! step what the verifier has proven: what verified code never does is an `INTERNAL_TYPE_ERROR`
//! here, not wrong behaviour. It does not try to be fast.

mod encoding;
mod frame;
mod globals;
mod native;
mod run;
mod step;
mod value;

use alloc::vec::Vec;

use self::{
    encoding::{decode, encode},
    frame::Stack,
    globals::Globals,
    value::{Reference, Root, Value, mismatch},
};
use crate::{
    Change, Returned, StatusCode, VmError, VmResult,
    code::{InstanceId, reentrancy::Entries},
    function_value::Serializable,
    machine::{Machine, Runtime},
};

/// The interpreter with its memory.
#[derive(Default)]
pub(crate) struct Plain {
    stack: Stack,
    globals: Globals,
    waiting: Entries,
}

impl Machine for Plain {
    fn call(
        &mut self,
        rt: &mut Runtime<'_>,
        function: InstanceId,
        arguments: &[Vec<u8>],
    ) -> VmResult<Returned> {
        self.stack = Stack {
            entries: self.waiting.clone(),
            ..Stack::default()
        };
        let instance = rt.code.instance(function)?.clone();
        for (number, (ty, bcs)) in instance.parameters.iter().zip(arguments).enumerate() {
            let (inner, mutable) = match rt.code.types.referent(*ty) {
                Some((inner, mutable)) => (inner, Some(mutable)),
                None => (*ty, None),
            };
            let value = decode(rt, inner, bcs).map_err(|e| {
                if e.status() == StatusCode::MemoryLimitExceeded {
                    return e;
                }
                let message = alloc::format!("argument {number}: {e}");
                VmError::new(StatusCode::FailedToDeserializeArgument).with_message(message)
            })?;
            self.stack.operands.push(match mutable {
                None => value,
                Some(mutable) => {
                    let root = Root::Argument(self.stack.arguments.len());
                    self.stack.arguments.push(value);
                    Value::Reference(Reference {
                        root,
                        path: Vec::new(),
                        mutable,
                        to: inner,
                    })
                }
            });
        }
        self.run(rt, function)?;
        let mut returned = Returned::default();
        let shown = Serializable::shown(rt.engine);
        let values = core::mem::take(&mut self.stack.operands);
        if values.len() != instance.returns.len() {
            return Err(mismatch("a function returned another number of values"));
        }
        for (value, ty) in values.into_iter().zip(&instance.returns) {
            let value = match value {
                Value::Reference(reference) => self.at(&reference)?.clone(),
                value => value,
            };
            let mut bcs = Vec::new();
            encode(rt.code, shown, &value, &mut bcs)?;
            returned.values.push(bcs);
            returned
                .types
                .push(rt.code.types.referent(*ty).map_or(*ty, |(inner, _)| inner));
        }
        let mut references = self.stack.arguments.iter();
        for (number, ty) in (0_u16..).zip(&instance.parameters) {
            let Some((_, mutable)) = rt.code.types.referent(*ty) else {
                continue;
            };
            let value = references
                .next()
                .ok_or_else(|| mismatch("an argument is gone"))?;
            if mutable {
                let mut bcs = Vec::new();
                encode(rt.code, shown, value, &mut bcs)?;
                returned.mutated.push((number, bcs));
            }
        }
        Ok(returned)
    }

    fn set_waiting(&mut self, waiting: Entries) {
        self.waiting = waiting;
    }

    fn changes(&mut self, rt: &mut Runtime<'_>) -> VmResult<Vec<Change>> {
        self.globals.changes(rt.code, rt.engine)
    }
}

impl Plain {
    /// What a reference points to.
    fn at(&mut self, reference: &Reference) -> VmResult<&mut Value> {
        let mut value = match reference.root {
            Root::Local(frame, local) => self.stack.local(frame, local)?.as_mut(),
            Root::Argument(number) => self.stack.arguments.get_mut(number),
            Root::Global(number) => self.globals.value(number)?.as_mut(),
        }
        .ok_or_else(|| mismatch("a reference points to nothing"))?;
        for step in &reference.path {
            value = value.inner(*step)?;
        }
        Ok(value)
    }
}
