//! What the parser makes of a file: the program as it is written, before names mean anything.
//!
//! Specifications are parsed only as far as is needed to skip them.

use lumio_move_engine::{Address, U256};

use crate::{Ident, Span};

/// The definitions of one file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// In the order of the text. `address a { … }` blocks are dissolved into their modules.
    pub modules: Vec<Module>,
    /// `script { … }`
    pub scripts: Vec<Script>,
    /// Where specifications are.
    pub skipped: Vec<Span>,
}

/// `#[name]`, `#[name = value]`, `#[name(…)]`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// May be a path such as `lint::skip`, whose parts are joined with `::`.
    pub name: Ident,
    /// What follows the name.
    pub value: AttributeValue,
    /// All of it.
    pub span: Span,
}

/// What follows an attribute's name.
#[derive(Clone, Debug)]
pub enum AttributeValue {
    /// Nothing.
    None,
    /// `= 7`, `= @0x1`, `= b"…"`.
    Literal(Literal),
    /// `= a::b::c`, also a single name.
    Path(Path),
    /// `(…, …)`
    List(Vec<Attribute>),
}

/// What can stand before a definition.
#[derive(Clone, Debug, Default)]
pub struct Preface {
    /// All attributes.
    pub attributes: Vec<Attribute>,
    /// The text of the `///` comments, without the slashes, lines joined by `\n`.
    pub doc: String,
}

/// `0x1`, `std`: the address part of a module's name.
#[derive(Clone, Debug)]
pub enum AddressName {
    /// `0x1`
    Number(Address, Span),
    /// `std`: a named address.
    Named(Ident),
}

/// `module address::name { … }`
#[derive(Clone, Debug)]
pub struct Module {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Absent only where it must come from elsewhere, which is an error outside address blocks.
    pub address: Option<AddressName>,
    /// Its name.
    pub name: Ident,
    /// What is in it.
    pub items: Vec<Item>,
    /// From `module` to its closing brace.
    pub span: Span,
}

/// `script { use …; const …; fun main(…) { … } }`
#[derive(Clone, Debug)]
pub struct Script {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Uses, constants and exactly one function, which the parser does not check.
    pub items: Vec<Item>,
    /// All of it.
    pub span: Span,
}

/// A definition in a module or script.
#[derive(Clone, Debug)]
pub enum Item {
    /// `use …;`
    Use(Use),
    /// `friend a::m;`
    Friend(Friend),
    /// `const …;`
    Const(Const),
    /// `struct …`, `enum …`
    Struct(Struct),
    /// `fun …`
    Function(Function),
}

/// `use a::m;`, `use a::m as n;`, `use a::m::{Self, f as g};`
#[derive(Clone, Debug)]
pub struct Use {
    /// Attributes, of which `#[test_only]` means something.
    pub preface: Preface,
    /// The module's address.
    pub address: AddressName,
    /// The module.
    pub module: Ident,
    /// What of it.
    pub what: UseWhat,
    /// All of it.
    pub span: Span,
}

/// What a `use` brings into scope.
#[derive(Clone, Debug)]
pub enum UseWhat {
    /// The module, perhaps under another name.
    Module(Option<Ident>),
    /// Members (`Self` is the module) and their other names.
    Members(Vec<(Ident, Option<Ident>)>),
    /// `use a::m::*;`
    All(Span),
}

/// `friend a::m;`, `friend m;`
#[derive(Clone, Debug)]
pub struct Friend {
    /// Attributes.
    pub preface: Preface,
    /// The module: one or two names.
    pub module: Path,
    /// All of it.
    pub span: Span,
}

/// `const NAME: type = value;`
#[derive(Clone, Debug)]
pub struct Const {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Visibility, which newer language versions know.
    pub visibility: Visibility,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// Its value.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}

/// `copy`, `drop`, `store`, `key`.
pub type Ability = lumio_move_engine::format::Ability;

/// `phantom T: copy + drop`
#[derive(Clone, Debug)]
pub struct TypeParameter {
    /// Its name.
    pub name: Ident,
    /// What arguments must have.
    pub abilities: Vec<(Ability, Span)>,
    /// Whether `phantom` is before it.
    pub is_phantom: bool,
}

/// `struct S<T> has copy { … }`, `enum E has drop { … }`
#[derive(Clone, Debug)]
pub struct Struct {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Visibility, which newer language versions know.
    pub visibility: Visibility,
    /// Its name.
    pub name: Ident,
    /// Its type parameters.
    pub type_parameters: Vec<TypeParameter>,
    /// What it can do, declared before or after the fields.
    pub abilities: Vec<(Ability, Span)>,
    /// Its contents.
    pub body: StructBody,
    /// All of it.
    pub span: Span,
}

/// The contents of a struct or enum.
#[derive(Clone, Debug)]
pub enum StructBody {
    /// `native struct S;`
    Native,
    /// Fields.
    Fields(Fields),
    /// Variants of an enum.
    Variants(Vec<Variant>),
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Its name.
    pub name: Ident,
    /// Its fields; no parentheses and no braces give `Fields::Unit`.
    pub fields: Fields,
}

/// The fields of a struct or variant.
#[derive(Clone, Debug)]
pub enum Fields {
    /// None at all, without braces.
    Unit,
    /// `{ a: u64, b: T }`
    Named(Vec<Field>),
    /// `(u64, T)`
    Positional(Vec<Type>),
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its doc comment.
    pub preface: Preface,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
}

/// Who can use a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Only its module.
    Private,
    /// `public`
    Public(Span),
    /// `public(friend)`, `friend`
    Friend(Span),
    /// `public(package)`, `package`
    Package(Span),
}

/// `public entry fun f<T>(a: u64): u64 acquires R { … }`
#[derive(Clone, Debug)]
pub struct Function {
    /// Attributes and doc comment.
    pub preface: Preface,
    /// Who can call it.
    pub visibility: Visibility,
    /// Where it says `entry`.
    pub entry: Option<Span>,
    /// Where it says `inline`.
    pub inline: Option<Span>,
    /// Its name.
    pub name: Ident,
    /// Its type parameters.
    pub type_parameters: Vec<TypeParameter>,
    /// Its parameters; `_` is a name.
    pub parameters: Vec<(Ident, Type)>,
    /// What it returns; a tuple of none if nothing.
    pub returns: Type,
    /// `acquires R, S<T>`; other access specifiers (`reads`, `writes`, addresses, negations) are
    /// skipped.
    pub acquires: Vec<Type>,
    /// Its code; absent if it is native.
    pub body: Option<Block>,
    /// All of it.
    pub span: Span,
}

/// `a::b::c`, with type arguments behind the last name, or behind the one before it, as in
/// `m::E<u64>::V`.
#[derive(Clone, Debug)]
pub struct Path {
    /// Where a number begins it: `0x1::m::f`.
    pub address: Option<(Address, Span)>,
    /// The names, of which there is at least one unless there is a number.
    pub names: Vec<Ident>,
    /// `<u64, T>`; `None` if there are no angle brackets.
    pub type_arguments: Option<Vec<Type>>,
    /// All of it.
    pub span: Span,
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Which.
    pub kind: TypeKind,
    /// Where.
    pub span: Span,
}

/// The kinds of types.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// A name, which primitive types are, too; `_` is to be inferred.
    Path(Path),
    /// `&t`, `&mut t`
    Reference {
        /// Whether `mut` is there.
        mutable: bool,
        /// To what.
        to: Box<Type>,
    },
    /// `()`, `(a, b)`; never of one.
    Tuple(Vec<Type>),
    /// `|a, b| r has copy + drop`
    Function {
        /// Parameters.
        parameters: Vec<Type>,
        /// What it returns: a tuple of none if nothing.
        returns: Box<Type>,
        /// Its abilities.
        abilities: Vec<(Ability, Span)>,
    },
    /// Something that could not be parsed and has been told.
    Error,
}

/// A literal.
#[derive(Clone, Debug)]
pub enum Literal {
    /// `7`, `0xff`, `1_000`, with a suffix such as `u8` if there is one.
    Number {
        /// The value; negative literals are a unary operator and a number.
        value: U256,
        /// The suffix.
        suffix: Option<Ident>,
        /// Where.
        span: Span,
    },
    /// `true`, `false`
    Bool(bool, Span),
    /// `@0x1`, `@std`
    Address(AddressName, Span),
    /// `b"…"`, `x"…"`, as bytes
    Bytes(Vec<u8>, Span),
    /// `"…"`: only attributes and messages of `assert!` and `abort` have it.
    Text(String, Span),
}

/// `{ use …; a; b; c }`
#[derive(Clone, Debug)]
pub struct Block {
    /// Uses at the start.
    pub uses: Vec<Use>,
    /// What is done, in order.
    pub statements: Vec<Statement>,
    /// The last expression, if no semicolon ends it.
    pub value: Option<Box<Expr>>,
    /// With its braces.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "most declarations have all of it"
)]
pub enum Statement {
    /// `e;`
    Expr(Expr),
    /// `let p: t = e;`
    Let {
        /// What is bound.
        pattern: Pattern,
        /// Its type.
        ty: Option<Type>,
        /// Its value.
        value: Option<Expr>,
        /// All of it.
        span: Span,
    },
}

/// A pattern of `let`, assignments, lambdas and `match`.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The kinds of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// `..` in a list of fields or a tuple.
    Rest,
    /// `x`, which may also name a variant without fields.
    Name(Ident),
    /// `(a, b)`, `()`
    Tuple(Vec<Pattern>),
    /// `m::S { a, b: p, .. }`, `E::V`; the last as `Fields::Unit`.
    Struct {
        /// Which.
        path: Path,
        /// Its fields.
        fields: PatternFields,
    },
    /// `7`, `true`, `b"…"` in `match`.
    Literal(Literal),
    /// A place to assign to, where a pattern is parsed as the left of an assignment: `a.b`, `*r`.
    Place(Box<Expr>),
}

/// The fields of a pattern.
#[derive(Clone, Debug)]
pub enum PatternFields {
    /// No parentheses, no braces.
    Unit,
    /// `{ a, b: p, .. }`; `a` alone binds a name like the field's.
    Named {
        /// Fields.
        fields: Vec<(Ident, Pattern)>,
        /// Where `..` is.
        rest: Option<Span>,
    },
    /// `(p, .., q)`, with [`PatternKind::Rest`] for `..`.
    Positional(Vec<Pattern>),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// A loop's label: `'name`, without the quote.
pub type Label = Ident;

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A local, a constant, a function, or a variant without fields.
    Path(Path),
    /// `m::f<T>(a, b)`; also `S(a, b)` and `E::V(a)`, which look the same.
    Call {
        /// What is called.
        function: Path,
        /// Arguments.
        arguments: Vec<Expr>,
    },
    /// `(e)(a, b)`: a function value that is no name.
    CallValue {
        /// The function value.
        function: Box<Expr>,
        /// Arguments.
        arguments: Vec<Expr>,
    },
    /// `assert!(a, b)`
    Macro {
        /// The name before `!`.
        name: Ident,
        /// Arguments.
        arguments: Vec<Expr>,
    },
    /// `e.f<T>(a, b)`, also written `e.f::<T>(a, b)`
    MethodCall {
        /// What it is called on.
        receiver: Box<Expr>,
        /// Its name.
        name: Ident,
        /// `<T>`
        type_arguments: Option<Vec<Type>>,
        /// The other arguments.
        arguments: Vec<Expr>,
    },
    /// `S { a: 1, b }`; `b` alone is the local of that name.
    Pack {
        /// The struct or variant.
        path: Path,
        /// Fields.
        fields: Vec<(Ident, Expr)>,
    },
    /// `vector[a, b]`, `vector<u8>[a, b]`
    Vector {
        /// The type argument.
        element: Option<Type>,
        /// Elements.
        elements: Vec<Expr>,
    },
    /// `e.f`, `e.0`
    Field {
        /// Of what.
        of: Box<Expr>,
        /// The field's name or number.
        name: Ident,
    },
    /// `e[i]`; also `R[a]` for resources, where `e` is a path.
    Index {
        /// Of what.
        of: Box<Expr>,
        /// The index or address.
        index: Box<Expr>,
    },
    /// `&e`, `&mut e`
    Borrow {
        /// Whether `mut` is there.
        mutable: bool,
        /// Of what.
        of: Box<Expr>,
    },
    /// `*e`
    Dereference(Box<Expr>),
    /// `!e`, `-e`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator is.
        op_span: Span,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `copy x`
    Copy(Box<Expr>),
    /// `move x`
    Move(Box<Expr>),
    /// `p = e`
    Assign {
        /// Where to.
        to: Box<Pattern>,
        /// What.
        value: Box<Expr>,
    },
    /// `a += e`
    CompoundAssign {
        /// Which.
        op: BinaryOp,
        /// Where to.
        to: Box<Expr>,
        /// What.
        value: Box<Expr>,
    },
    /// `(e as t)`
    Cast(Box<Expr>, Type),
    /// `(e: t)`
    Annotate(Box<Expr>, Type),
    /// `e is V1 | V2`
    Is(Box<Expr>, Vec<Path>),
    /// `()`, `(a, b)`; never of one.
    Tuple(Vec<Expr>),
    /// `{ … }`
    Block(Block),
    /// `if (c) a else b`
    If {
        /// Condition.
        condition: Box<Expr>,
        /// Then.
        then: Box<Expr>,
        /// Otherwise.
        otherwise: Option<Box<Expr>>,
    },
    /// `match (e) { p if g => e, … }`
    Match {
        /// What is matched.
        value: Box<Expr>,
        /// The cases, tried in order.
        arms: Vec<Arm>,
    },
    /// `'l: while (c) e`
    While {
        /// Its label.
        label: Option<Label>,
        /// Condition.
        condition: Box<Expr>,
        /// What is done.
        body: Box<Expr>,
    },
    /// `for (i in a..b) e`
    For {
        /// Its label.
        label: Option<Label>,
        /// The variable.
        variable: Ident,
        /// The first.
        from: Box<Expr>,
        /// Behind the last.
        to: Box<Expr>,
        /// What is done.
        body: Box<Expr>,
    },
    /// `loop e`
    Loop {
        /// Its label.
        label: Option<Label>,
        /// What is done.
        body: Box<Expr>,
    },
    /// `break 'l`
    Break(Option<Label>),
    /// `continue 'l`
    Continue(Option<Label>),
    /// `return e`
    Return(Option<Box<Expr>>),
    /// `abort e`
    Abort(Box<Expr>),
    /// `|a, b: t| e`, `move |…|`, `copy |…|`
    Lambda(Box<Lambda>),
    /// `spec { … }`: does nothing.
    Spec,
    /// Something that could not be parsed and has been told.
    Error,
}

/// A case of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What fits. Alternatives (`A | B`) are several.
    pub patterns: Vec<Pattern>,
    /// `if e`
    pub guard: Option<Expr>,
    /// What is done.
    pub body: Expr,
}

/// A lambda.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// Parameters, which may be patterns.
    pub parameters: Vec<(Pattern, Option<Type>)>,
    /// Its body.
    pub body: Expr,
    /// `has copy + drop`, behind the body.
    pub abilities: Vec<(Ability, Span)>,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    BitAnd,
    BitOr,
    Xor,
    Shl,
    Shr,
    And,
    Or,
    Eq,
    Neq,
    Lt,
    Gt,
    Le,
    Ge,
    /// `==>`, which only specifications have.
    Implies,
    /// `<==>`, likewise.
    Iff,
}
