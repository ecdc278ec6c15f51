//! Checked bodies: names are resolved, types are known, places are references, and calls of inline
//! functions and lambdas are gone. What is left to decide is the order of instructions, and what
//! is copied and what is moved.

use std::collections::BTreeMap;

use lumio_move_engine::{Address, U256};

use crate::{
    Span,
    ast::{BinaryOp, UnaryOp},
    program::{ConstId, FunctionId, StructId},
    types::{Local, LocalId, Type},
};

/// The body of a function that is neither native nor inline.
#[derive(Clone, Debug)]
pub struct Body {
    /// All locals; the parameters come first.
    pub locals: Vec<Local>,
    /// How many of them are parameters.
    pub parameters: usize,
    /// Its code. Its type is what the function returns, or `Never`.
    pub value: Expr,
}

/// All bodies, by function.
pub type Bodies = BTreeMap<FunctionId, Body>;

/// A constant value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// An integer, signed ones in two's complement of 256 bits. Its type says the width.
    Integer(U256),
    /// An address.
    Address(Address),
    /// `vector<u8>`
    Bytes(Vec<u8>),
    /// Any other vector.
    Vector(Vec<Value>),
}

/// A loop or labelled block's number in its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoopId(pub u32);

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// What it gives: a tuple stands for several values, `()` for none.
    pub ty: Type,
    /// Where it is written.
    pub span: Span,
}

/// A struct or variant with type arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructUse {
    /// Which.
    pub id: StructId,
    /// Its type arguments.
    pub type_arguments: Vec<Type>,
    /// Which variant of an enum.
    pub variant: Option<u16>,
}

/// Instructions on global storage and references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// `exists<T>(address)`
    Exists(Type),
    /// `move_to<T>(&signer, T)`
    MoveTo(Type),
    /// `move_from<T>(address)`
    MoveFrom(Type),
    /// `borrow_global<T>(address)`, `borrow_global_mut`
    BorrowGlobal {
        /// What is borrowed.
        of: Type,
        /// Whether to change it.
        mutable: bool,
    },
    /// `&mut` to `&`
    Freeze,
    /// A reference to an element: of a reference to a vector, and an index.
    VectorBorrow {
        /// The element's type.
        of: Type,
        /// Whether to change it.
        mutable: bool,
    },
}

/// What expressions do. Operands are evaluated from left to right.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal, or a folded constant; its type is the expression's.
    Value(Value),
    /// A named constant.
    Constant(ConstId),
    /// The value of a local: moved if this is its last use, else copied.
    Local(LocalId),
    /// `copy x`
    CopyLocal(LocalId),
    /// `move x`
    MoveLocal(LocalId),
    /// A reference to a local.
    BorrowLocal {
        /// Which.
        local: LocalId,
        /// Whether it is `&mut`.
        mutable: bool,
    },
    /// A reference to a field of what a reference points to.
    BorrowField {
        /// A reference to a struct; `&mut` if `mutable`.
        of: Box<Expr>,
        /// The struct's type; its variant means nothing.
        structure: StructUse,
        /// Variants that may be there, with the field's number in each; empty for structs.
        variants: Vec<(u16, u16)>,
        /// The field's number, in structs.
        field: u16,
        /// Whether the result is `&mut`.
        mutable: bool,
    },
    /// A reference to the value of an expression, which is kept in a temporary.
    BorrowValue {
        /// The value.
        value: Box<Expr>,
        /// Whether it is `&mut`.
        mutable: bool,
    },
    /// A copy of what a reference points to.
    ReadRef(Box<Expr>),
    /// Writes through a reference: the value is evaluated first.
    WriteRef {
        /// Where to.
        reference: Box<Expr>,
        /// What.
        value: Box<Expr>,
    },
    /// Writes a local.
    Assign {
        /// Which.
        local: LocalId,
        /// What.
        value: Box<Expr>,
    },
    /// Evaluates, then binds or assigns as a pattern says.
    Bind {
        /// Where to. It always fits.
        pattern: Pattern,
        /// What; absent for a declaration without value, which does nothing.
        value: Option<Box<Expr>>,
    },
    /// Calls a function that is not inline.
    Call {
        /// Which.
        function: FunctionId,
        /// Type arguments.
        type_arguments: Vec<Type>,
        /// Arguments.
        arguments: Vec<Expr>,
    },
    /// An instruction.
    Builtin(Builtin, Vec<Expr>),
    /// Calls a function value: its arguments first, then itself.
    CallValue {
        /// The function value.
        function: Box<Expr>,
        /// Arguments.
        arguments: Vec<Expr>,
    },
    /// Makes a function value that captures the first parameters of a function.
    Closure {
        /// Which.
        function: FunctionId,
        /// Type arguments.
        type_arguments: Vec<Type>,
        /// What is captured, with the parameter that each is.
        captured: Vec<(u16, Expr)>,
    },
    /// Makes a struct or variant.
    Pack {
        /// Which.
        structure: StructUse,
        /// Fields in the order in which they are written, with their numbers.
        fields: Vec<(u16, Expr)>,
    },
    /// Makes a vector.
    Vector(Vec<Expr>),
    /// Whether what a reference points to is one of some variants.
    TestVariants {
        /// A reference to an enum.
        reference: Box<Expr>,
        /// Which enum; its variant means nothing.
        structure: StructUse,
        /// Variants.
        variants: Vec<u16>,
    },
    /// Unary operators.
    Unary(UnaryOp, Box<Expr>),
    /// Binary operators. `&&` and `||` evaluate the right side only if need be; comparison other
    /// than equality is of integers.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// To another integer type, which is the expression's.
    Cast(Box<Expr>),
    /// Several values.
    Tuple(Vec<Expr>),
    /// One after the other; the last is the value. What the others give is dropped.
    Sequence(Vec<Expr>),
    /// A condition. Without `otherwise` nothing is given.
    If {
        /// Condition.
        condition: Box<Expr>,
        /// Then.
        then: Box<Expr>,
        /// Otherwise.
        otherwise: Option<Box<Expr>>,
    },
    /// Tries patterns in order. One fits always, or the program aborts with a standard code.
    Match {
        /// What is matched: a value, which is taken apart, or a reference.
        value: Box<Expr>,
        /// Cases.
        arms: Vec<Arm>,
    },
    /// Repeats its body until a break.
    Loop {
        /// Its number.
        id: LoopId,
        /// What is repeated.
        body: Box<Expr>,
    },
    /// A block that can be left with a value.
    Labelled {
        /// Its number.
        id: LoopId,
        /// What is done.
        body: Box<Expr>,
    },
    /// Leaves a loop, or a labelled block with a value of the block's type.
    Break {
        /// Which.
        id: LoopId,
        /// The value, for blocks that give one.
        value: Option<Box<Expr>>,
    },
    /// Goes to the start of a loop.
    Continue(LoopId),
    /// Returns.
    Return(Box<Expr>),
    /// Aborts with a code and, from bytecode version 10, a message (`vector<u8>`).
    Abort {
        /// The code.
        code: Box<Expr>,
        /// The message.
        message: Option<Box<Expr>>,
    },
}

/// A case of a match.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What fits.
    pub pattern: Pattern,
    /// What must hold besides. It sees what the pattern binds, by reference or copied.
    pub guard: Option<Expr>,
    /// What is done.
    pub body: Expr,
}

/// A checked pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it does.
    pub kind: PatternKind,
    /// The type of what is matched.
    pub ty: Type,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// Drops.
    Wildcard,
    /// Puts into a local.
    Local(LocalId),
    /// Writes through a reference; only assignments have it.
    WriteRef(Box<Expr>),
    /// Takes several values apart.
    Tuple(Vec<Pattern>),
    /// Takes a struct or variant apart. If the type of what is matched is a reference, what the
    /// fields bind are references.
    Struct {
        /// Which.
        structure: StructUse,
        /// A pattern for each field, in the order of the declaration.
        fields: Vec<Pattern>,
    },
    /// A value that it must equal; only matches have it. Of a reference, what it points to.
    Value(Value),
    /// One of several, which bind nothing; only matches have it.
    Or(Vec<Pattern>),
}

impl Expr {
    /// Calls a function for each expression directly inside.
    pub fn children(&self, visit: &mut dyn FnMut(&Self)) {
        let mut all = |all: &[Self]| all.iter().for_each(&mut *visit);
        match &self.kind {
            ExprKind::Value(_)
            | ExprKind::Constant(_)
            | ExprKind::Local(_)
            | ExprKind::CopyLocal(_)
            | ExprKind::MoveLocal(_)
            | ExprKind::BorrowLocal { .. }
            | ExprKind::Continue(_) => {}
            ExprKind::BorrowField { of, .. } => visit(of),
            ExprKind::BorrowValue { value, .. }
            | ExprKind::ReadRef(value)
            | ExprKind::Assign { value, .. }
            | ExprKind::Unary(_, value)
            | ExprKind::Cast(value)
            | ExprKind::Return(value)
            | ExprKind::Loop { body: value, .. }
            | ExprKind::Labelled { body: value, .. } => visit(value),
            ExprKind::TestVariants { reference, .. } => visit(reference),
            ExprKind::WriteRef { reference, value } => {
                visit(value);
                visit(reference);
            }
            ExprKind::Bind { value, .. } | ExprKind::Break { value, .. } => {
                if let Some(value) = value {
                    visit(value);
                }
            }
            ExprKind::Call { arguments, .. } | ExprKind::Builtin(_, arguments) => all(arguments),
            ExprKind::CallValue {
                function,
                arguments,
            } => {
                all(arguments);
                visit(function);
            }
            ExprKind::Closure { captured, .. } => captured.iter().for_each(|(_, e)| visit(e)),
            ExprKind::Pack { fields, .. } => fields.iter().for_each(|(_, e)| visit(e)),
            ExprKind::Vector(parts) | ExprKind::Tuple(parts) | ExprKind::Sequence(parts) => {
                all(parts);
            }
            ExprKind::Binary(_, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                visit(condition);
                visit(then);
                if let Some(otherwise) = otherwise {
                    visit(otherwise);
                }
            }
            ExprKind::Match { value, arms } => {
                visit(value);
                for arm in arms {
                    arm.guard.iter().for_each(&mut *visit);
                    visit(&arm.body);
                }
            }
            ExprKind::Abort { code, message } => {
                visit(code);
                if let Some(message) = message {
                    visit(message);
                }
            }
        }
    }
}
