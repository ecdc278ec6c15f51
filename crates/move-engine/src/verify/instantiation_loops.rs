//! Generic functions of a module do not call each other with ever growing type arguments.
//!
//! The graph's nodes are type parameters of functions. An edge leads from a caller's parameter to
//! the callee's parameter that it is given to, and grows if it is given inside another type. A
//! growing edge on a cycle means infinitely many instances.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};

use super::{Meter, Scope, at};
use crate::{
    StatusCode, VmError, VmResult,
    format::{Bytecode, CompiledModule, FunctionHandleIndex, SignatureToken},
};

/// Checks a module.
pub(super) fn verify(module: &CompiledModule, meter: &mut Meter) -> VmResult<()> {
    let graph = Graph::of_module(module, meter)?;
    let components = graph.components();
    for (from, edges) in graph.edges.iter().enumerate() {
        for (to, grows) in edges {
            if *grows && components.get(from) == components.get(*to) {
                return Err(VmError::new(StatusCode::LoopInInstantiationGraph));
            }
        }
    }
    Ok(())
}

#[derive(Default)]
struct Graph {
    nodes: BTreeMap<(FunctionHandleIndex, u16), usize>,
    /// Per node, where its edges lead and whether they grow.
    edges: Vec<Vec<(usize, bool)>>,
}

impl Graph {
    fn of_module(module: &CompiledModule, meter: &mut Meter) -> VmResult<Self> {
        let mut graph = Self::default();
        let defined: BTreeSet<FunctionHandleIndex> =
            module.function_defs.iter().map(|def| def.handle).collect();
        for def in &module.function_defs {
            let mut seen = BTreeSet::new();
            for instruction in def.code.iter().flat_map(|unit| &unit.code) {
                let (Bytecode::CallGeneric(inst) | Bytecode::PackClosureGeneric(inst, _)) =
                    instruction
                else {
                    continue;
                };
                if !seen.insert(*inst) {
                    continue;
                }
                let inst = at(&module.function_insts, inst.index())?;
                // Other modules cannot call back into this one.
                if !defined.contains(&inst.handle) {
                    continue;
                }
                let arguments = at(&module.signatures, inst.type_arguments.index())?;
                graph.add_call(def.handle, inst.handle, arguments, meter)?;
            }
        }
        Ok(graph)
    }

    fn add_call(
        &mut self,
        caller: FunctionHandleIndex,
        callee: FunctionHandleIndex,
        arguments: &[SignatureToken],
        meter: &mut Meter,
    ) -> VmResult<()> {
        for (position, argument) in arguments.iter().enumerate() {
            let position = u16::try_from(position).unwrap_or(u16::MAX);
            for (token, depth) in argument.preorder() {
                meter.charge(Scope::Module, 1)?;
                if let SignatureToken::TypeParameter(parameter) = token {
                    let from = self.node(caller, *parameter);
                    let to = self.node(callee, position);
                    if let Some(edges) = self.edges.get_mut(from) {
                        edges.push((to, depth > 1));
                    }
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, function: FunctionHandleIndex, parameter: u16) -> usize {
        let next = self.edges.len();
        let node = *self.nodes.entry((function, parameter)).or_insert(next);
        if node == next {
            self.edges.push(Vec::new());
        }
        node
    }

    /// The number of each node's strongly connected component (Tarjan's, without recursion).
    fn components(&self) -> Vec<usize> {
        const UNSEEN: usize = usize::MAX;
        let count = self.edges.len();
        let mut order = vec![UNSEEN; count];
        let mut low = vec![UNSEEN; count];
        let mut component = vec![UNSEEN; count];
        let mut next = 0_usize;
        let mut found = 0_usize;
        let mut stack: Vec<usize> = Vec::new();
        // A node and how many of its edges have been followed.
        let mut path: Vec<(usize, usize)> = Vec::new();
        for start in 0..count {
            if order.get(start) != Some(&UNSEEN) {
                continue;
            }
            path.push((start, 0));
            while let Some((node, followed)) = path.pop() {
                if followed == 0 {
                    set(&mut order, node, next);
                    set(&mut low, node, next);
                    next = next.saturating_add(1);
                    stack.push(node);
                }
                let edge = self.edges.get(node).and_then(|edges| edges.get(followed));
                if let Some((to, _)) = edge {
                    path.push((node, followed.saturating_add(1)));
                    if get(&order, *to) == UNSEEN {
                        path.push((*to, 0));
                    } else if get(&component, *to) == UNSEEN {
                        let reached = get(&low, node).min(get(&order, *to));
                        set(&mut low, node, reached);
                    }
                    continue;
                }
                if get(&low, node) == get(&order, node) {
                    while let Some(member) = stack.pop() {
                        set(&mut component, member, found);
                        if member == node {
                            break;
                        }
                    }
                    found = found.saturating_add(1);
                }
                if let Some((parent, _)) = path.last() {
                    let reached = get(&low, *parent).min(get(&low, node));
                    set(&mut low, *parent, reached);
                }
            }
        }
        component
    }
}

fn get(numbers: &[usize], index: usize) -> usize {
    numbers.get(index).copied().unwrap_or(usize::MAX)
}

fn set(numbers: &mut [usize], index: usize, value: usize) {
    if let Some(number) = numbers.get_mut(index) {
        *number = value;
    }
}
