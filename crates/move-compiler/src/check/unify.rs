//! Inference variables and unification.

use std::rc::Rc;

use crate::types::{FunctionType, Integer, Type, TypeVar};

#[derive(Clone, Debug)]
enum State {
    /// `integer`: only an integer type fits.
    Unbound {
        integer: bool,
    },
    Bound(Type),
}

/// The variables of a function body.
#[derive(Debug, Default)]
pub(super) struct Unifier {
    vars: Vec<State>,
}

impl Unifier {
    fn add(&mut self, integer: bool) -> Type {
        let number = u32::try_from(self.vars.len()).unwrap_or(u32::MAX);
        self.vars.push(State::Unbound { integer });
        Type::Var(TypeVar(number))
    }

    /// A type that is not known yet.
    pub(super) fn fresh(&mut self) -> Type {
        self.add(false)
    }

    /// An integer type that is not known yet.
    pub(super) fn fresh_integer(&mut self) -> Type {
        self.add(true)
    }

    fn state(&self, var: TypeVar) -> Option<&State> {
        self.vars.get(var.0 as usize)
    }

    /// The type as far as it is known, without looking into it.
    pub(super) fn shallow(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        while let Type::Var(var) = ty {
            match self.state(var) {
                Some(State::Bound(bound)) => ty = bound.clone(),
                _ => break,
            }
        }
        ty
    }

    /// Whether only an integer type fits.
    pub(super) fn is_integer_var(&self, ty: &Type) -> bool {
        match self.shallow(ty) {
            Type::Var(var) => matches!(self.state(var), Some(State::Unbound { integer: true })),
            _ => false,
        }
    }

    /// The type with everything replaced that is known.
    pub(super) fn deep(&self, ty: &Type) -> Type {
        let all = |types: &[Type]| types.iter().map(|t| self.deep(t)).collect::<Vec<_>>();
        match self.shallow(ty) {
            Type::Vector(of) => Type::vector(self.deep(&of)),
            Type::Struct(id, types) => Type::Struct(id, all(&types).into()),
            Type::Reference { mutable, to } => Type::reference(mutable, self.deep(&to)),
            Type::Tuple(types) => Type::Tuple(all(&types).into()),
            Type::Function(function) => Type::Function(Rc::new(FunctionType {
                parameters: all(&function.parameters),
                returns: self.deep(&function.returns),
                abilities: function.abilities,
            })),
            other => other,
        }
    }

    /// The type at the end: what is only known to be an integer is a `u64`, and what is not known
    /// at all is none.
    pub(super) fn finish(&mut self, ty: &Type) -> Option<Type> {
        let mut deep = self.deep(ty);
        let mut open = Vec::new();
        deep.any(&mut |ty| {
            if let Type::Var(var) = ty {
                open.push(*var);
            }
            false
        });
        if open.is_empty() {
            return Some(deep);
        }
        for var in open {
            match self.state(var) {
                Some(State::Unbound { integer: true }) => self.bind(var, Type::U64),
                _ => return None,
            }
        }
        deep = self.deep(&deep);
        Some(deep)
    }

    fn bind(&mut self, var: TypeVar, ty: Type) {
        if let Some(state) = self.vars.get_mut(var.0 as usize) {
            *state = State::Bound(ty);
        }
    }

    /// Makes two types equal; false if they cannot be. References of different kinds differ.
    pub(super) fn unify(&mut self, a: &Type, b: &Type) -> bool {
        let (a, b) = (self.shallow(a), self.shallow(b));
        match (&a, &b) {
            (Type::Error | Type::Never, _) | (_, Type::Error | Type::Never) => true,
            (Type::Var(x), Type::Var(y)) if x == y => true,
            (Type::Var(x), Type::Var(_)) => {
                // The one that is only an integer stays.
                match self.is_integer_var(&a) {
                    true => self.unify_var_with_integer(&b, &a),
                    false => self.bind(*x, b.clone()),
                }
                true
            }
            (Type::Var(x), other) | (other, Type::Var(x)) => {
                let integer = matches!(self.state(*x), Some(State::Unbound { integer: true }));
                if integer && !matches!(other, Type::Integer(_)) {
                    return false;
                }
                let deep = self.deep(other);
                if deep.any(&mut |ty| *ty == Type::Var(*x)) {
                    return false;
                }
                self.bind(*x, deep);
                true
            }
            (Type::Vector(a), Type::Vector(b)) => self.unify(a, b),
            (Type::Struct(a, xs), Type::Struct(b, ys)) => {
                a == b && xs.len() == ys.len() && self.unify_all(xs, ys)
            }
            (Type::Reference { mutable: a, to: x }, Type::Reference { mutable: b, to: y }) => {
                a == b && self.unify(x, y)
            }
            (Type::Tuple(xs), Type::Tuple(ys)) => xs.len() == ys.len() && self.unify_all(xs, ys),
            (Type::Function(a), Type::Function(b)) => {
                a.parameters.len() == b.parameters.len()
                    && self.unify_all(&a.parameters, &b.parameters)
                    && self.unify(&a.returns, &b.returns)
            }
            (a, b) => a == b,
        }
    }

    fn unify_var_with_integer(&mut self, var: &Type, integer: &Type) {
        if let Type::Var(var) = var {
            self.bind(*var, integer.clone());
        }
    }

    fn unify_all(&mut self, xs: &[Type], ys: &[Type]) -> bool {
        xs.iter().zip(ys).all(|(x, y)| self.unify(x, y))
    }

    /// The integer type, if that is known.
    pub(super) fn integer(&self, ty: &Type) -> Option<Integer> {
        match self.shallow(ty) {
            Type::Integer(integer) => Some(integer),
            _ => None,
        }
    }
}
